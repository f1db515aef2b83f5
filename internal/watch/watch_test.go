package watch_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/watch"
)

// compile makes a list of terms as they are written here: /a pattern/, a word with
// any ending*, a word, a phrase.
func compile(t testing.TB, texts ...string) *watch.List {
	t.Helper()
	list, err := watch.Compile(terms(texts...))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func terms(texts ...string) (all []watch.Term) {
	for i, text := range texts {
		term := watch.Term{ID: uuid.UUID{byte(i), byte(i >> 8), byte(i >> 16)}, Sort: watch.Phrase}
		switch inner, is := strings.CutPrefix(text, "/"); {
		case is:
			term.Text, term.Sort = strings.TrimSuffix(inner, "/"), watch.Pattern
		default:
			term.Text, term.Prefix = strings.CutSuffix(text, "*")
			if !strings.ContainsAny(text, " ./") {
				term.Sort = watch.Word
			}
		}
		all = append(all, term)
	}
	return all
}

// found is a text with brackets around what a list finds in it.
func found(list *watch.List, text string) string {
	var all strings.Builder
	last := 0
	for _, m := range list.Find(text) {
		if m.Start < last {
			continue
		}
		all.WriteString(text[last:m.Start] + "[" + text[m.Start:m.End] + "]")
		last = m.End
	}
	return all.String() + text[last:]
}

func TestWhatIsFoundWhere(t *testing.T) {
	for _, try := range []struct{ terms, text string }{
		{"suicide", "I think of [suicide] often"},
		{"suicide", "[SUICIDE]. [Suicide]! ([suicide])"},
		{"suicide", "suicidal"},
		{"suicide", "[suicide]'s grip, [suicide]’s grip"},
		{"overdos*", "I [overdosed], she is [overdosing], an [overdose]"},
		{"overdos*", "an [O v e r d o s e] it is"},
		{"kill myself", "I will [kill myself]."},
		{"kill myself", "[kill\n\n  ... myself]"},
		{"kill myself", "[kill-myself] [kill_myself] #[kill/myself]"},
		{"kill myself", "kill my self"},
		{"kill myself", "skill myself, kill myselfish"},
		{"kill myself", "[k i l l m y s e l f] [k1ll mys3lf] [KILL…MYSELF]"},
		{"suicide", "[s u i c i d e], [s.u.i.c.i.d.e], [s-u-i-c-i-d-e], [s  u\ni c i d e]"},
		{"suicide", "[sui-cide] [sui.cide] [su*ic*ide]"},
		{"suicide", "[su1c1de] [5uicide] [$uicide] [su!c!de] [5u1c1d3] [su|cide]"},
		{"suicide", "[suuuicide] [ssuuiicciiddee] [suicideeeee] [S-U-U-U-I-C-I-D-E]"},
		{"suicide", "[ѕuіcіdе] [𝕤𝕦𝕚𝕔𝕚𝕕𝕖] [ｓｕｉｃｉｄｅ] [ⓢⓤⓘⓒⓘⓓⓔ] [śüïçìdé] [SUІCІDE]"},
		{"suicide", "[s\u200bu\u00adi\u2060c\u200di\ufeffde] [s\u0336u\u0336i\u0336c\u0336i\u0336d\u0336e]"},
		{"suicide", "[s😭u😭i😭c😭i😭d😭e]"},
		{"die", "I want to [die]! [die]!now [d1e] [D I E]"},
		{"die", "I [d i e] now, I [d-i-e]"},
		{"die", "a d i e t and d-i-e-t and i n d i e and die\u00adt and diet"},
		{"die", "[die]!now"},
		{"kill", "[kiII] [kill] [killlll] [k i l l]"},
		{"kill", "skilled painkillers kil"},
		{"god", "good goods [god] [goood] [ggoodd]"},
		{"good", "god [good] [goood]"},
		{"ana", "[@na] [an@] [4na] an a banana"},
		{"can't go on", "[cant go on] [can't go on] [can’t go on] [CANT GO ON] [can`t  go on]"},
		{"cant go on", "[can't go on] [can‘t go on]"},
		{"hell", "he'll be there, he’ll, [hell] is 'll"},
		{"ill", "I'll be [ill], I’ll"},
		{"I'll do it", "[I'll do it] and [ill do it]"},
		{"self-harm", "[self-harm] [self harm] [selfharm] [SELF—HARM] [s3lf h4rm]"},
		{"self harm", "[self-harm] selfharm"},
		{"od", "[od] o d cod [OD]!"},
		{"🔪", "a [🔪] and [🔪]"},
		{"999", "call [999] now, 9999, ggg"},
		{"ass", "4 5 5, 455, [a55], @$$, class"},
		{"bob", "808, [b0b], [80b]"},
		{"wanna die", "i [wanna die] and [wanna... die]"},
		{"café", "[cafe] [CAFÉ] [cafe\u0301] [c\u0301afe]"},
		{`/(took|take) \d+ (pills|tablets)/`, "I [took 40 pills]. I [TOOK  40\npills]"},
		{`/(took|take) \d+ (pills|tablets)/`, "[t o o k 40 p i l l s] [toooook 40 pills] [tооk 40 pі\u200blls]"},
		{`/\bjump(ed|ing)? off\b/`, "[jumping off] jumped offer [jump off]"},
		{`/don't want/`, "I [don’t want] it"},
		{`/dont want/`, "I [don’t want] it"},
		{`/h[au]rt myself/`, "[hurt myself] [h4rt mys3lf] [HÜRT MYSELF]"},
		{`/\d+ ?mg/`, "[40mg] [40 mg]"},
	} {
		plain := strings.NewReplacer("[", "", "]", "").Replace(try.text)
		if got := found(compile(t, try.terms), plain); got != try.text {
			t.Errorf("%q:\n got %q\nwant %q", try.terms, got, try.text)
		}
	}
}
