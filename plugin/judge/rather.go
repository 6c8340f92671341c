package judge

// rather puts what is better before a plan's summary.
func rather(better, plan string) string {
	if better == "" {
		return plan
	}
	return better + "; or " + plan
}
