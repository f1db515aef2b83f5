package surveys

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/crypt"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants"
)

func TestASurveyIsOpenFromItsFirstDayToItsLast(t *testing.T) {
	x := Survey{Planned: true, OpensOn: "2026-11-04", ClosesOn: "2026-11-18"}
	for day, want := range map[clock.Date]State{"2026-11-03": Planned, "2026-11-04": Open, "2026-11-18": Open, "2026-11-19": Closed} {
		if got := x.State(day); got != want {
			t.Errorf("%s: %s", day, got)
		}
	}
	if x.Planned = false; x.State("2026-11-10") != Draft {
		t.Error("a draft opens by itself")
	}
	early := time.Date(2026, 11, 9, 23, 30, 0, 0, time.UTC)
	if x.Planned, x.ClosedAt = true, &early; x.State("2026-11-10") != Closed || x.Ended() != "2026-11-09" {
		t.Errorf("closed early: %s, ended %s", x.State("2026-11-10"), x.Ended())
	}
	late := time.Date(2026, 11, 19, 0, 10, 0, 0, time.UTC)
	if x.ClosedAt = &late; x.Ended() != "2026-11-18" {
		t.Errorf("closed after its last day, it ended on %s", x.Ended())
	}
}

func TestAReminderComesAWeekBeforeTheEndOrNotAtAll(t *testing.T) {
	for closes, want := range map[clock.Date]bool{"2026-11-11": false, "2026-11-12": true, "2026-12-01": true} {
		day, comes := Survey{OpensOn: "2026-11-04", ClosesOn: closes}.remindOn()
		if comes != want || comes && day.Until(closes) != 7 {
			t.Errorf("until %s: %s %t", closes, day, comes)
		}
	}
}

func TestOnlyWhoseRoleAndTimeItIsAreAsked(t *testing.T) {
	now := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	x := Survey{Roles: tenants.Roles{tenants.ServiceUser, tenants.Waiting}, MinDays: 30}
	for name, c := range map[string]struct {
		who  *tenants.Person
		asks bool
	}{
		"here for 30 days": {&tenants.Person{Roles: tenants.Roles{tenants.Waiting}, JoinedAt: now.AddDate(0, 0, -30)}, true},
		"here for 29 days": {&tenants.Person{Roles: tenants.Roles{tenants.Waiting}, JoinedAt: now.AddDate(0, 0, -29)}, false},
		"a carer":          {&tenants.Person{Roles: tenants.Roles{tenants.Carer}, JoinedAt: now.AddDate(-1, 0, 0)}, false},
		"no member":        {nil, false},
	} {
		if x.asks(c.who, now) != c.asks {
			t.Error(name)
		}
	}
}

var asked5 = Questions{
	{Key: "q1", Kind: One, Text: "One", Options: []string{"A", "B"}, Required: true},
	{Key: "q2", Kind: Several, Text: "Several", Options: []string{"A", "B", "C"}},
	{Key: "q3", Kind: Scale, Text: "Scale"},
	{Key: "q4", Kind: YesNo, Text: "Yes or no"},
	{Key: "q5", Kind: Words, Text: "Words"},
}

func TestAnswersAreReadAsFormsAndClientsSendThem(t *testing.T) {
	x := Survey{Questions: asked5}
	for name, text := range map[string]string{
		"a form":   `{"q1":"2","q2/1":"true","q2/3":"true","q3":"11","q4":"","q5":" It helps.\r\nReally. "}`,
		"a client": `{"q1":2,"q2/1":true,"q2/2":false,"q2/3":true,"q3":11,"q4":null,"q5":"It helps.\nReally."}`,
	} {
		got, err := x.reply(json.RawMessage(text))
		want := reply{map[string][]int{"q1": {1}, "q2": {0, 2}, "q3": {10}}, map[string]string{"q5": "It helps.\nReally."}}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v %v", name, got, err)
		}
	}
}

func TestWrongAnswersAreToldByQuestion(t *testing.T) {
	x := Survey{Questions: asked5}
	for name, c := range map[string]struct{ text, field string }{
		"what must be answered is not":  {`{"q3":"1"}`, "answers/q1"},
		"an answer that there is not":   {`{"q1":"3"}`, "answers/q1"},
		"answer number 0":               {`{"q1":"0"}`, "answers/q1"},
		"no number":                     {`{"q1":"A"}`, "answers/q1"},
		"a list":                        {`{"q1":[1]}`, "answers/q1"},
		"half an answer":                {`{"q1":1.5}`, "answers/q1"},
		"a box that is not ticked so":   {`{"q1":"1","q2/1":"maybe"}`, "answers/q2"},
		"a box that there is not":       {`{"q1":"1","q2/4":"true"}`, "answers"},
		"12 of 10":                      {`{"q1":"1","q3":"12"}`, "answers/q3"},
		"a fourth answer to yes or no":  {`{"q1":"1","q4":"4"}`, "answers/q4"},
		"too many words":                {`{"q1":"1","q5":"` + strings.Repeat("é", 1001) + `"}`, "answers/q5"},
		"what no keyboard makes":        {`{"q1":"1","q5":"a\u0000b"}`, "answers/q5"},
		"a question that there is not":  {`{"q1":"1","q9":"1"}`, "answers"},
		"no object":                     {`[]`, "answers"},
		"nothing at all, which must be": {``, "answers/q1"},
	} {
		_, err := x.reply(json.RawMessage(c.text))
		var told *fault.Error
		if !asFault(err, &told) || len(told.Fields) != 1 || told.Fields[0].Name != c.field {
			t.Errorf("%s: %v %+v", name, err, told)
		}
	}
	if _, err := (Survey{Questions: asked5[1:]}).reply(json.RawMessage(`{"q5":"  "}`)); !fault.Is(err, fault.Invalid) {
		t.Errorf("a reply that says nothing: %v", err)
	}
}

func asFault(err error, into **fault.Error) (is bool) {
	*into, is = err.(*fault.Error) //nolint:errorlint // made here, wrapped by nobody
	return is
}

// A box is the same whoever answered first: nothing in it tells the order.
func TestABoxDoesNotTellWhoAnsweredFirst(t *testing.T) {
	keys, err := crypt.NewKeys([]byte("a secret for tests that is long enough"))
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(5, 5))
	var replies []reply
	for i := range 40 {
		one := reply{map[string][]int{"q1": {r.IntN(2)}}, map[string]string{}}
		if i%2 == 0 {
			one.words["q5"] = strings.Repeat(string(rune('a'+r.IntN(26))), 1+i%5)
		}
		replies = append(replies, one)
	}
	counted := func() tally {
		var box Box
		for _, one := range replies {
			all, err := box.open(keys)
			if err != nil {
				t.Fatal(err)
			}
			all.add(asked5, one)
			if err := box.close(keys, all); err != nil {
				t.Fatal(err)
			}
		}
		all, err := box.open(keys)
		if err != nil || strings.Contains(box.Sealed, "aaa") {
			t.Fatalf("%v, sealed as %q", err, box.Sealed)
		}
		return all
	}
	first := counted()
	r.Shuffle(len(replies), func(i, j int) { replies[i], replies[j] = replies[j], replies[i] })
	if second := counted(); !reflect.DeepEqual(first, second) || first.answered != 40 || len(first.words["q5"]) != 20 || !slices.IsSorted(first.words["q5"]) {
		t.Errorf("first\n%+v\nthen\n%+v", first, second)
	}
}

func tallyOf(answered int, counts Counts, words ...string) tally {
	return tally{answered, counts, map[string][]string{"q5": words}}
}

func TestBelowFiveAnswersNothingIsTold(t *testing.T) {
	x := Survey{Questions: asked5}
	got := x.result(tallyOf(4, Counts{"q1": {4, 0}}, "a", "b", "c", "d"), 9)
	if got.Answered != 0 || len(got.Answers) != 0 || got.Asked != 5 {
		t.Errorf("%+v", got)
	}
}

func TestAResultIsInFivesAndWordsAreOfFiveOrMore(t *testing.T) {
	x := Survey{Questions: asked5}
	counts := Counts{"q1": {28, 6}, "q2": {30, 4, 2}, "q3": {0, 0, 1, 0, 0, 3, 5, 9, 7, 4, 3}, "q4": {20, 3, 1}}
	got := x.result(tallyOf(34, counts, "a", "b", "c", "d"), 41)
	if got.Answered != 30 || got.Asked != 40 || len(got.Answers[4].Written) != 0 {
		t.Errorf("%+v", got)
	}
	for _, a := range got.Answers {
		sum := 0
		for _, line := range a.Lines {
			if sum += line.N; line.N%5 != 0 || line.N < 0 || line.N > 30 {
				t.Errorf("%s: %+v", a.Key, line)
			}
		}
		if a.Kind != Several && a.Kind != Words && sum != 30 {
			t.Errorf("%s adds up to %d", a.Key, sum)
		}
	}
	if lines := got.Answers[3].Lines; lines[len(lines)-1].Answer != noAnswer || lines[len(lines)-1].N != 10 {
		t.Errorf("those who left it out: %+v", lines)
	}
	if got.words(25) != "about 25 (83%)" || got.words(0) != "few or none" {
		t.Errorf("%s, %s", got.words(25), got.words(0))
	}
	if got := x.result(tallyOf(9, counts, "a", "b", "c", "d", "e"), 41); len(got.Answers[4].Written) != 5 || got.words(5) != "about 5" {
		t.Errorf("of five: %+v, %s", got.Answers[4], got.words(5))
	}
}

func TestQuestionsThatCannotBeAnsweredAreRefused(t *testing.T) {
	for name, in := range map[string]Wording{
		"one answer":      {Options: "Yes\n\n  \n"},
		"thirteen":        {Options: strings.Join(strings.Split("abcdefghijklm", ""), "\n")},
		"the same twice":  {Options: "Yes\nNo\nyes "},
		"a very long one": {Options: "No\n" + strings.Repeat("x", longestOption+1)},
	} {
		q := Question{Kind: Several}
		if err := in.over(&q); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	q := Question{Kind: Words, Low: "x"}
	if err := (Wording{Text: " Why? ", Options: "a", Low: "b"}).over(&q); err != nil || !reflect.DeepEqual(q, Question{Kind: Words, Text: "Why?"}) {
		t.Errorf("%+v %v", q, err)
	}
}

func TestAKeyIsNeverUsedForTwoQuestions(t *testing.T) {
	all := Questions{{Key: "q1"}, {Key: "q12"}, {Key: "q3"}}
	if key := all.next(); key != "q13" {
		t.Error(key)
	}
	if key := (Questions{}).next(); key != "q1" {
		t.Error(key)
	}
}

func TestTheYearlyQuestionIsAskedInTheseWords(t *testing.T) {
	x := Yearly("2026-10-01")
	if x.Title != "Has SHaRON been helpful in your recovery?" || x.Questions[0].Text != x.Title || x.MinDays != 30 || x.Year != 2026 || x.ClosesOn != "2026-10-28" || x.Roles.Staff() {
		t.Errorf("%+v", x)
	}
	for _, q := range x.Questions {
		if err := q.check(); err != nil {
			t.Error(err)
		}
	}
}
