package resources

import (
	"slices"
	"strings"

	"github.com/sharon-nhs/sharon/tenants"
)

// Category is a tag that the library is sorted by, whether or not it has something
// of it yet.
type Category struct {
	Tag  string `json:"tag"`
	Name string `json:"name"`
}

// categories are those of the service. Words that make no tag are left out.
func categories(s tenants.Scope) []Category { return categoriesOf(settings(s).Categories) }

func categoriesOf(words string) []Category {
	all := []Category{}
	for name := range strings.SplitSeq(words, ",") {
		tags, err := tagsOf(name)
		if err != nil || len(tags) == 0 || slices.ContainsFunc(all, func(c Category) bool { return c.Tag == tags[0] }) {
			continue
		}
		all = append(all, Category{tags[0], strings.TrimSpace(name)})
	}
	return all
}

// chips are the tags that a list can be narrowed to: categories first.
func (l Library) chips() []Category {
	all := slices.Clone(l.Categories)
	for _, tag := range l.Tags {
		if !slices.ContainsFunc(all, func(c Category) bool { return c.Tag == tag }) {
			all = append(all, Category{tag, tagName(tag)})
		}
	}
	return all
}

// tagsHint says what tags are, and which are wanted first.
func tagsHint(categories []Category) string {
	hint := "A few words to find it by, with commas between them: sleep, feeding"
	if len(categories) == 0 {
		return hint
	}
	names := make([]string, len(categories))
	for i, c := range categories {
		names[i] = c.Name
	}
	return "A few words to find it by, with commas between them. Choose from these first: " + strings.Join(names, ", ")
}
