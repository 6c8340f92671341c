package render

// Diff returns what diff writes.
func Diff(before, after string, indent int, account string, s Style) string {
	return inShort(account, s, func(p *page) { p.diff(indent, before, after) })
}
