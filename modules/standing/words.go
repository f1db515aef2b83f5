package standing

import (
	"context"

	"github.com/sharon-nhs/sharon/internal/ui"
)

// said are the answers to how somebody is, as they gave them.
var said = map[string]string{"": "nothing", fine: "I’m all right", talk: "I’d like to talk to somebody", "no": "I’d rather not say"}

// thanks are what is said to an answer.
var thanks = map[string]string{fine: "Good to know", talk: "The team knows that you would like to talk", "no": "That is all right"}

// stateOf says how far an appeal has come.
func stateOf(appeal Appeal) string {
	switch {
	case appeal.DecidedAt == nil:
		return "The team has not answered yet"
	case appeal.Overturned:
		return "The decision was taken back"
	}
	return "The decision stays"
}

// howLong says whether a suspension holds.
func howLong(ctx context.Context, row Suspension) string {
	switch {
	case row.LiftedAt != nil:
		return "ended early"
	case row.Holds(ui.FrameOf(ctx).Now):
		return "holds"
	}
	return "over"
}

func ruleOptions(rules []string) []ui.Option {
	all := []ui.Option{{Value: "", Label: "Choose a rule"}}
	for _, rule := range rules {
		all = append(all, ui.Option{Value: rule, Label: rule, Own: true})
	}
	return all
}

// by names who of the team decided, for the team.
func by(row Suspension) string {
	if row.By == nil {
		return ""
	}
	return ", by " + row.By.Handle
}
