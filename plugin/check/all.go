package check

// All returns every check, in the order of their codes, in which they run. No check depends on another having run.
func All() []Check {
	return []Check{
		irsa101, irsa102, irsa103, irsa104, irsa105, irsa106, irsa107, irsa108, irsa109,
		irsa201, irsa202, irsa203, irsa204, irsa205, irsa206, irsa207, irsa208, irsa209, irsa210, irsa211, irsa212, irsa213, irsa214, irsa215, irsa216, irsa217, irsa218,
		irsa301, irsa302, irsa303, irsa304, irsa305,
		irsa401, irsa402, irsa403, irsa404, irsa405, irsa406, irsa407, irsa408, irsa409, irsa410, irsa411, irsa412, irsa413, irsa414, irsa415, irsa416,
		irsa501, irsa502, irsa503, irsa504, irsa505, irsa506, irsa507,
		irsa601, irsa602, irsa603, irsa604, irsa605, irsa606, irsa607, irsa608, irsa609, irsa610, irsa611, irsa612, irsa613, irsa614, irsa615, irsa616, irsa617, irsa618, irsa619,
		irsa701, irsa702, irsa703, irsa704, irsa705, irsa706, irsa707, irsa708, irsa709, irsa710, irsa711, irsa712,
	}
}

// ByCode returns the check of a code.
func ByCode(code Code) (Check, bool) {
	for _, c := range All() {
		if c.Code == code {
			return c, true
		}
	}
	return Check{}, false
}
