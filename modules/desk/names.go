package desk

import (
	"context"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/ui"
	"github.com/sharon-nhs/sharon/modules/safety"
)

// names are the acts as the team chooses them, in the order of safety.Acts: the
// number of each is its key.
var names = map[safety.Act][2]string{
	safety.Approve: {"Leave it as it is", ""},
	safety.AskEdit: {"Ask for a change", "Only its author and the team see it until it is changed."},
	safety.Cover:   {"Cover it", "It stays, behind a content note."},
	safety.Hide:    {"Hide it", "Out of sight for now."},
	safety.Remove:  {"Take it down", "It is gone for everybody but the team."},
	safety.Lock:    {"Lock it", "It stays, and nobody can reply."},

	safety.Uphold:   {"The decision stays", "They are told why. There is no further appeal."},
	safety.Overturn: {"Take the decision back", "What was done is undone, and a strike that came with it counts no more."},
}

// deeds are what was done, in an item's history.
var deeds = map[safety.Act]string{
	took: "took it", handOn: "handed it to", left: "put it back", undid: "undid the decision",
	safety.Approve: "left it as it is", safety.AskEdit: "asked for a change", safety.Cover: "covered it", safety.Hide: "hid it", safety.Remove: "took it down", safety.Lock: "locked it",
	safety.Uphold: "answered that the decision stays", safety.Overturn: "took the decision back",
}

// results are what was done with a member's earlier items; "" for what waits.
var results = map[safety.Act]string{
	"": "waiting", safety.Approve: "left as it is", safety.AskEdit: "asked to change", safety.Cover: "covered", safety.Hide: "hidden", safety.Remove: "taken down", safety.Lock: "locked",
	safety.Uphold: "appealed, and stays", safety.Overturn: "taken back after an appeal",
}

// sources are what can raise something, to choose from.
var sources = []ui.Option{
	{Value: "", Label: "Anything"}, {Value: string(safety.ByTerm), Label: "A watched term"}, {Value: string(safety.ByFigure), Label: "Numbers"}, {Value: string(safety.ByFlag), Label: "A member’s report"},
	{Value: string(safety.ByRequest), Label: "Somebody asked for help"}, {Value: string(safety.ByMode), Label: "A service rule"}, {Value: string(safety.ByRate), Label: "A rate rule"},
	{Value: string(safety.Unanswered), Label: "Nobody answered"}, {Value: string(safety.ByMeasure), Label: "A measure"}, {Value: string(safety.ByTeam), Label: "The team"}, {Value: string(safety.ByAppeal), Label: "An appeal"}, {Value: string(safety.ByStrikes), Label: "Strikes"}, {Value: string(safety.ByCheckIn), Label: "A check-in"}, {Value: string(safety.ByDrill), Label: "A drill"},
}

func levels() []ui.Option {
	all := []ui.Option{{Value: "", Label: "Any level"}}
	for _, level := range safety.Levels {
		all = append(all, ui.Option{Value: string(level), Label: level.Name()})
	}
	return all
}

var withs = []ui.Option{{Value: "", Label: "Anybody or nobody"}, {Value: "mine", Label: "Me"}, {Value: "nobody", Label: "Nobody yet"}}

func ruleOptions() []ui.Option {
	all := []ui.Option{{Value: "", Label: "None of them"}}
	for _, rule := range usual.Rules {
		all = append(all, ui.Option{Value: rule, Label: rule})
	}
	return all
}

func topicOptions(shown Shown) (all []ui.Option) {
	for _, topic := range shown.Topics {
		all = append(all, ui.Option{Value: topic.Key, Label: topic.Name})
	}
	return all
}

func actOptions() (all []ui.Option) {
	for _, act := range safety.Acts {
		if !act.Final() { // no kind words fit every answer
			all = append(all, ui.Option{Value: string(act), Label: names[act][0]})
		}
	}
	return all
}

func teamOptions(shown Shown) (all []ui.Option) {
	for _, person := range shown.Team {
		all = append(all, ui.Option{Value: person.HandleKey, Label: person.Handle + ", " + strings.ToLower(person.Roles.Badge().Name())})
	}
	return all
}

// left is how long there is, or how late it is.
func leftOf(ctx context.Context, item safety.Item) (words string, late bool) {
	over := ui.FrameOf(ctx).Now.Sub(item.DueAt)
	if over > 0 {
		return spell(over) + " late", true
	}
	return spell(over), false
}

// due is when, today or on another day.
func due(ctx context.Context, item safety.Item) string {
	now, at := ui.FrameOf(ctx).Now.In(clock.London), item.DueAt.In(clock.London)
	if now.Format(time.DateOnly) == at.Format(time.DateOnly) {
		return "due " + at.Format("15:04")
	}
	return "due " + at.Format("Mon 2 Jan, 15:04")
}

// live has an element brought anew from its page whenever the desk changes; about
// an item, with that item alone.
func live(ctx context.Context, item *Shown) templ.Attributes {
	attributes := templ.Attributes{"data-live": safety.Raised.Key + " " + safety.Changed.Key}
	if item != nil {
		attributes["data-live"] = safety.Raised.Key + " " + safety.Changed.Key + " " + opened.Key
		attributes["data-live-about"] = item.SubjectID.String()
		attributes["data-live-get"] = ui.FrameOf(ctx).Path
	}
	return attributes
}
