package markdown_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sharon-nhs/sharon/internal/markdown"
)

func TestWhoIsMentioned(t *testing.T) {
	for words, want := range map[string][]string{
		"@Fern":                                    {"Fern"},
		"Hello @left-sock-missing, and @ivy.":      {"left-sock-missing", "ivy"},
		"**@fern** (@ivy)\n\n> @moss\n- @dill":     {"fern", "ivy", "moss", "dill"},
		"me@fern.example, x@fern, @@fern, /@fern":  nil,
		"`@fern` and [@ivy](https://nhs.uk/@moss)": nil,
		"https://nhs.uk/@fern @":                   nil,
		"é@fern":                                   nil,
	} {
		if got := markdown.Mentions(words); !slices.Equal(got, want) {
			t.Errorf("%q mentions %q, not %q", words, got, want)
		}
		if n := strings.Count(markdown.HTML(words), markdown.MentionOpens); n != len(want) {
			t.Errorf("%q has %d in %s", words, n, markdown.HTML(words))
		}
	}
}

func TestNobodyWritesAMentionThemselves(t *testing.T) {
	if got := markdown.HTML(`<span class="mention">@fern</span>`); strings.Count(got, "<span") != 1 {
		t.Error(got)
	}
	if got := markdown.HTML(`<span class="mention" onclick="x">y</span>`); strings.Contains(got, "<span") {
		t.Error(got)
	}
}
