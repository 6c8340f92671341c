package judge

import "github.com/kubectl-irsa/kubectl-irsa/plugin/change"

// PoliciesInFiles replaces the policy documents in the commands of fixes by files, and returns what to write to them, by name. The
// documents are those that the fixes were proved with. path is where the command finds a file.
func PoliciesInFiles(reports []*Report, path func(name string) string) map[string]string {
	var folder change.Folder
	for _, r := range reports {
		for _, f := range r.Findings {
			if f.Fix == nil {
				continue
			}
			for _, file := range f.Fix.Policies {
				read := file.At(path(folder.Put(file)))
				for i, command := range f.Fix.Commands {
					if command == file.Line {
						f.Fix.Commands[i] = read
					}
				}
			}
		}
	}
	return folder.Texts
}
