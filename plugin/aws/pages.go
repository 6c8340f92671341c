package aws

import (
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// maxPages keeps lists finite. An account has at most 5000 roles (IAM quotas), and IAM may send fewer than it was asked for.
const maxPages = 100

// more says where the next page of a list begins, if there is one.
type more struct {
	truncated bool // the service says that there is one
	marker    string
}

// marked is more of a list of IAM, which has a marker where it is truncated, or of another service, where the token alone says it.
func marked(truncated bool, marker *string) more { return more{truncated, aws.ToString(marker)} }

// pages reads a list to its end. Half a list is no answer: what is not in it would be taken for absent.
func pages[T any](page func(marker *string) (items []T, next more, err error)) ([]T, error) {
	found, begun := []T{}, map[string]bool{}
	var marker *string
	for range maxPages {
		items, next, err := page(marker)
		switch {
		case err != nil:
			return nil, err
		case items == nil:
			return nil, errEmpty
		}
		found = append(found, items...)
		switch {
		case next.marker == "" && next.truncated:
			return nil, fmt.Errorf("the list ends after %d entries, and is truncated", len(found))
		case next.marker == "":
			return found, nil
		case begun[next.marker]:
			return nil, errors.New("the list repeats itself: its marker is one that was used before")
		}
		begun[next.marker], marker = true, &next.marker
	}
	return nil, fmt.Errorf("more than %d pages", maxPages)
}

// each makes items of those of an answer, nil of none: AWS sends a list where it is empty, too, and the SDK, which takes any
// document for an answer, leaves out what is not in it.
func each[A, B any](list []A, of func(*A) B) []B {
	if list == nil {
		return nil
	}
	made := []B{}
	for i := range list {
		made = append(made, of(&list[i]))
	}
	return made
}
