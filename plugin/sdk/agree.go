package sdk

// Agree returns the provider that all outcomes have in common, SDKDependent where two of them are
// certain to differ, and Uncertain where that cannot be told (or there are no outcomes).
func Agree(outcomes []Outcome) Provider {
	var common Provider
	uncertain := len(outcomes) == 0
	for _, o := range outcomes {
		switch {
		case o.Provider == SDKDependent:
			return SDKDependent
		case o.Provider == Uncertain:
			uncertain = true
		case common == "":
			common = o.Provider
		case common != o.Provider:
			return SDKDependent
		}
	}
	if uncertain {
		return Uncertain
	}
	return common
}
