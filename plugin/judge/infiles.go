package judge

import (
	"github.com/kubectl-irsa/kubectl-irsa/plugin/change"
	"github.com/kubectl-irsa/kubectl-irsa/plugin/manifest"
)

// inFiles separates the changes of a plan that are made in the manifests: a command would act on an object that does not
// exist yet, or that the next apply of the file sets back.
func inFiles(files *manifest.Manifests, plan []change.Change) (edits []Edit, rest []change.Change) {
	if files == nil {
		return nil, plan
	}
	for i := 0; i < len(plan); i++ {
		if i+1 < len(plan) {
			if edit, ok := editOf(files, plan[i+1]); ok {
				if field, renames := change.Renames(plan[i], plan[i+1]); renames {
					edit.Do = field.Do
					edits = append(edits, edit)
					i++
					continue
				}
			}
		}
		if edit, ok := editOf(files, plan[i]); ok {
			edits = append(edits, edit)
			continue
		}
		rest = append(rest, plan[i])
	}
	return edits, rest
}

func editOf(files *manifest.Manifests, c change.Change) (Edit, bool) {
	field, ok := change.FieldOf(c)
	if !ok {
		return Edit{}, false
	}
	place, ok := files.Field(field.Kind, field.Namespace, field.Name, field.Path...)
	return Edit{File: place.File, Line: place.Line, Do: field.Do}, ok
}

// incomplete reports whether the commands of a plan and the edits of files are not all that it takes.
func incomplete(files *manifest.Manifests, at change.Coordinates, plan []change.Change) bool {
	_, rest := inFiles(files, plan)
	return at.Then(rest) != ""
}
