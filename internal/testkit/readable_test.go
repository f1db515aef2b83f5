package testkit_test

import (
	"math"
	"slices"
	"testing"

	"github.com/sharon-nhs/sharon/internal/testkit"
)

func TestSyllablesAreThoseThatAreHeard(t *testing.T) {
	for word, want := range map[string]int{
		"a": 1, "I": 1, "you": 1, "are": 1, "the": 1, "help": 1, "write": 1, "shared": 1, "wanted": 2, "table": 2, "people": 2, "little": 2, "because": 2,
		"message": 3, "picture": 2, "answer": 2, "somebody": 4, "Monday": 2, "don’t": 1, "team’s": 1, "see": 1, "free": 1, "changes": 2, "likes": 1, "day": 1, "happy": 2, "Resources": 3,
	} {
		if got := testkit.Syllables(word); got < want-1 || got > want+1 || len(word) <= 4 && got != want {
			t.Errorf("%s: %d, want %d", word, got, want)
		}
	}
}

// The cat sat on the mat: 6 words, 6 syllables, a sentence.
func TestTheGradeIsTheFormulas(t *testing.T) {
	got := testkit.Readable([]string{"The cat sat on the mat."})
	if got != (testkit.Readability{Words: 6, Sentences: 1, Syllables: 6}) || math.Abs(got.Grade()-(0.39*6+11.8-15.59)) > 1e-9 {
		t.Errorf("%+v: grade %f", got, got.Grade())
	}
	hard := testkit.Readable([]string{"Pseudonymised information concerning participants is retained in accordance with organisational governance arrangements."})
	if hard.Age() < 16 {
		t.Errorf("officialese is read at %.1f", hard.Age())
	}
	if again := testkit.Readable([]string{"One. Two! Three? 4 5 6", "Four"}); again.Sentences != 4 || again.Words != 4 {
		t.Errorf("%+v", again)
	}
}

func TestPiecesAreWhatStandsOnAPage(t *testing.T) {
	page := `<head><title>T</title></head><body><nav>no</nav><main><h1>Hello <b>you</b> there</h1><p>If it cannot wait, <a href="/">get help</a>.</p>
		<a class="door"><b>One</b><span>Two</span></a><div class="post__body">theirs</div><script>x</script><ul><li>a<li>b</ul></main></body>`
	got := testkit.Pieces(page, func(_ string, class []string, _ map[string]string) bool { return slices.Contains(class, "post__body") })
	if want := []string{"Hello you there", "If it cannot wait, get help.", "One", "Two", "a", "b"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
