package recovery

import (
	"slices"
	"testing"

	"github.com/sharon-nhs/sharon/modules/safety"
)

func TestANumberAtTheEndOfALineCanBeCalled(t *testing.T) {
	for line, want := range map[string]safety.PlanLine{
		"Mum 01632 960123":         {Text: "Mum", Phone: "01632 960123"},
		"Mum: +44 1632 960 123":    {Text: "Mum", Phone: "+44 1632 960 123"},
		"Samaritans, 116 123":      {Text: "Samaritans", Phone: "116 123"},
		"Police – 999":             {Text: "Police", Phone: "999"},
		"07700 900123":             {Text: "", Phone: "07700 900123"},
		"Ask at number 4":          {Text: "Ask at number 4"},
		"Call 111 and choose two":  {Text: "Call 111 and choose two"},
		"Dad":                      {Text: "Dad"},
		"Gran at 112a High Street": {Text: "Gran at 112a High Street"},
		"The café, since 2019":     {Text: "The café, since 2019"},
		"The 2 girls from the bus": {Text: "The 2 girls from the bus"},
	} {
		if got := lineOf(line); got != want {
			t.Errorf("%q: %+v", line, got)
		}
	}
}

func TestAPlanHasTheStepsThatHaveSomethingInThem(t *testing.T) {
	words := PlanWords{Signs: "I stop eating\n\n  I do not answer  \n", People: "Mum 111\n", Reasons: "The dog 2019"}
	got := words.steps()
	if len(got) != 3 || len(got[0].Lines) != 2 || got[0].Lines[1].Text != "I do not answer" || got[1].Lines[0].Phone != "111" || got[2].Lines[0].Phone != "" {
		t.Errorf("%+v", got)
	}
	was := words
	was.People = "Dad"
	if changed := words.changed(was); !slices.Equal(changed, []string{"People I can ask for help"}) {
		t.Errorf("changed: %v", changed)
	}
}
