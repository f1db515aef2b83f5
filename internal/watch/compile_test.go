package watch_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/internal/watch"
)

func TestWhatIsNoTerm(t *testing.T) {
	for _, try := range []struct {
		term   watch.Term
		reason string
	}{
		{watch.Term{Text: "", Sort: watch.Word}, "at least one letter"},
		{watch.Term{Text: " ?! \u200b", Sort: watch.Phrase}, "at least one letter"},
		{watch.Term{Text: "🔪🔪", Sort: watch.Phrase}, "at least one letter"},
		{watch.Term{Text: "a", Sort: watch.Word}, "at least two letters"},
		{watch.Term{Text: "two words", Sort: watch.Word}, "Choose phrase"},
		{watch.Term{Text: "we od", Sort: watch.Phrase, Prefix: true}, "at least three letters"},
		{watch.Term{Text: strings.Repeat("long ", 21), Sort: watch.Phrase}, "100 characters"},
		{watch.Term{Text: "die", Sort: "fuzzy"}, "a word, a phrase or a pattern"},
		{watch.Term{Text: "  ", Sort: watch.Pattern}, "is empty"},
		{watch.Term{Text: ".*", Sort: watch.Pattern}, "every text"},
		{watch.Term{Text: "(die)?", Sort: watch.Pattern}, "every text"},
		{watch.Term{Text: `\b`, Sort: watch.Pattern}, "every text"},
		{watch.Term{Text: `\s`, Sort: watch.Pattern}, "every text"},
		{watch.Term{Text: "[a-z]", Sort: watch.Pattern}, "single letter"},
		{watch.Term{Text: `e`, Sort: watch.Pattern}, "single letter"},
		{watch.Term{Text: `\w\w+`, Sort: watch.Pattern}, "nearly every text"},
		{watch.Term{Text: "(die", Sort: watch.Pattern}, "A ( has no )"},
		{watch.Term{Text: "die)", Sort: watch.Pattern}, "A ) has no ("},
		{watch.Term{Text: "[die", Sort: watch.Pattern}, "A [ has no ]"},
		{watch.Term{Text: "[z-a]x", Sort: watch.Pattern}, "wrong way round"},
		{watch.Term{Text: "*die", Sort: watch.Pattern}, "before a *"},
		{watch.Term{Text: `die(?=now)`, Sort: watch.Pattern}, "looking ahead"},
		{watch.Term{Text: `(a)\1`, Sort: watch.Pattern}, `before something`},
		{watch.Term{Text: `die\`, Sort: watch.Pattern}, `the last \`},
		{watch.Term{Text: "x{5000}", Sort: watch.Pattern}, "{ }"},
		{watch.Term{Text: "((x{30}){30})", Sort: watch.Pattern}, "repeats too much"},
		{watch.Term{Text: "(((x{9}){9}){9}){9}", Sort: watch.Pattern}, "{ }"},
		{watch.Term{Text: strings.Repeat("ab?", 200), Sort: watch.Pattern}, "500 characters"},
	} {
		try.term.ID = uuid.New()
		good := watch.Term{ID: uuid.New(), Text: "die", Sort: watch.Word}
		list, err := watch.Compile([]watch.Term{good, try.term, good})
		var refused watch.Refusals
		if list != nil || !errors.As(err, &refused) {
			t.Errorf("%+v is taken: %v", try.term, err)
			continue
		}
		if len(refused) != 1 || refused[0].Index != 1 || refused[0].ID != try.term.ID || !strings.Contains(refused[0].Reason, try.reason) {
			t.Errorf("%+v: %+v, not %q", try.term, refused, try.reason)
		}
	}
}

func TestEveryTermThatIsWrongIsTold(t *testing.T) {
	_, err := watch.Compile(terms("die", "/(/", "kill", "/)/"))
	var refused watch.Refusals
	if !errors.As(err, &refused) || len(refused) != 2 || refused[0].Index != 1 || refused[1].Index != 3 {
		t.Errorf("%v", err)
	}
}

func TestAListCanBeTooLong(t *testing.T) {
	many := make([]watch.Term, watch.MostTerms+1)
	for i := range many {
		many[i] = watch.Term{Text: "die", Sort: watch.Word}
	}
	var refused watch.Refusals
	if _, err := watch.Compile(many); !errors.As(err, &refused) || refused[0].Index != watch.MostTerms {
		t.Error(err)
	}
	if _, err := watch.Compile(many[1:]); err != nil {
		t.Error(err)
	}
	for i := range watch.MostPatterns + 1 {
		many[i] = watch.Term{Text: "die|kill", Sort: watch.Pattern}
	}
	if _, err := watch.Compile(many[:watch.MostPatterns+1]); !errors.As(err, &refused) || len(refused) != 1 || refused[0].Index != watch.MostPatterns {
		t.Error(err)
	}
}

func TestANoTermListFindsNothing(t *testing.T) {
	list := compile(t)
	if list.Len() != 0 || list.Find("kill") != nil {
		t.Error("an empty list finds something")
	}
}

// many are terms that differ, as many as asked for.
func many(n int) (all []watch.Term) {
	syllables := strings.Fields("ka lo mi nu pe ra so ti vu we xa zo bri dra fle gro kni pla sto tri")
	for i := range n {
		word := func(of int) (text string) {
			for of += len(syllables); of > 0; of /= len(syllables) {
				text += syllables[of%len(syllables)]
			}
			return text
		}
		term := watch.Term{ID: uuid.New(), Text: word(i), Sort: watch.Word}
		switch i % 4 {
		case 0:
			term.Prefix = true
		case 1:
			term.Text, term.Sort = term.Text+" "+word(i*7919%n), watch.Phrase
		}
		all = append(all, term)
	}
	return all
}

func TestAHundredThousandTerms(t *testing.T) {
	all := many(100_000)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var list *watch.List
	var err error
	took := testkit.Work(func() { list, err = watch.Compile(all) })
	if err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	t.Logf("%v, %d MB kept", took, (after.HeapAlloc-before.HeapAlloc)>>20)
	if took > 20*time.Second || after.HeapAlloc > before.HeapAlloc+100<<20 {
		t.Errorf("100,000 terms took %v and %d bytes", took, after.HeapAlloc-before.HeapAlloc)
	}
	for _, i := range []int{0, 1, 2, 50_001, 99_999} {
		if matches := list.Find("so " + all[i].Text + "."); len(matches) == 0 {
			t.Errorf("%q is not found", all[i].Text)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	all := many(100_000)
	for b.Loop() {
		if _, err := watch.Compile(all); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFind(b *testing.B) {
	post := strings.Repeat("Some days it's hard to get up & I don't know why; today I walked to the shop, met Sam, and we talked for a while about the 3 cats. ", 100)
	watched := many(4990)
	watched = append(watched, terms("suicide", "kill myself", "overdos*", "self-harm", "want to die", "cut myself", "end it all", "hang*", `/took \d+ (pills|tablets)/`, `/jump(ed|ing)? off (a|the) (bridge|roof)/`)...)
	list, err := watch.Compile(watched)
	if err != nil {
		b.Fatal(err)
	}
	for _, size := range []int{10_000, 100_000} {
		text := strings.Repeat(post, size/len(post)+1)[:size]
		b.Run(fmt.Sprintf("%d terms in %d KB", len(watched), size/1000), func(b *testing.B) {
			b.ReportAllocs()
			best := time.Hour // what it takes when nobody else has the processor
			for b.Loop() {
				began := time.Now()
				list.Find(text)
				best = min(best, time.Since(began))
			}
			b.ReportMetric(float64(best.Nanoseconds()), "ns/best")
		})
	}
}
