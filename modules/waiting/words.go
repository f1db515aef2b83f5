package waiting

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/sharon-nhs/sharon/internal/ui"
)

func pathwayNameOf(e Entry) string {
	if e.Pathway == nil {
		return ""
	}
	return e.Pathway.Name
}

func keyworkerOf(e Entry) string {
	if e.Keyworker == nil {
		return ""
	}
	return e.Keyworker.Handle
}

func wayOptions(ways []Pathway, e Entry) []ui.Option {
	all := []ui.Option{{Value: "", Label: "Choose one"}}
	for _, way := range ways {
		if !way.Retired || way.ID == e.PathwayID {
			all = append(all, ui.Option{Value: way.Name, Label: way.Name})
		}
	}
	return all
}

func teamOptions(team []string) []ui.Option {
	all := []ui.Option{{Value: "", Label: "Nobody yet"}}
	for _, handle := range team {
		all = append(all, ui.Option{Value: handle, Label: handle})
	}
	return all
}

func priorityOptions() (all []ui.Option) {
	for _, p := range priorities {
		all = append(all, ui.Option{Value: string(p), Label: p.Name()})
	}
	return all
}

func outcomeOptions() []ui.Option {
	all := []ui.Option{{Value: "", Label: Outcome("").Name()}}
	for _, outcome := range outcomes {
		all = append(all, ui.Option{Value: string(outcome), Label: outcome.Name()})
	}
	return all
}

func cadenceOptions() (all []ui.Option) {
	for _, c := range cadences {
		all = append(all, ui.Option{Value: strconv.Itoa(c.days), Label: strings.ToUpper(c.name[:1]) + c.name[1:]})
	}
	return all
}

var rangeOptions = []ui.Option{
	{Value: string(ByFigures), Label: "Worked out", Hint: "From who began in the last 90 days. Where these are too few, the page says so."},
	{Value: string(InWords), Label: "In your own words"},
	{Value: string(NotShown), Label: "Not said"},
}

func sayOptions(checkIns bool) (all []ui.Option) {
	for _, one := range sayings {
		if one.CheckIn() == checkIns {
			all = append(all, ui.Option{Value: string(one.Say), Label: one.mine, Hint: one.hint})
		}
	}
	return all
}

func contactOptions() (all []ui.Option) {
	for _, one := range contacts {
		all = append(all, ui.Option{Value: string(one.Contact), Label: one.name})
	}
	return all
}

func boardWays(ways []Pathway) []ui.Option {
	all := []ui.Option{{Value: "", Label: "All pathways"}}
	for _, way := range ways {
		all = append(all, ui.Option{Value: way.ID.String(), Label: way.Name})
	}
	return all
}

func fieldOptions() []ui.Option {
	all := []ui.Option{{Value: "", Label: "Leave it out"}}
	for _, f := range fields {
		all = append(all, ui.Option{Value: f.key, Label: f.name})
	}
	return all
}

// serviceOptions are where somebody can be handed over to, this service last.
func serviceOptions(one Shown) []ui.Option {
	all := []ui.Option{{Value: "", Label: "Choose one"}}
	for _, service := range one.services {
		if service.Slug != one.here {
			all = append(all, ui.Option{Value: service.Slug, Label: service.Name})
		}
	}
	return append(all, ui.Option{Value: one.here, Label: "This one"})
}

func columnID(i int) string {
	if i == 0 {
		return "fields" // where the error summary leads
	}
	return "fields-" + strconv.Itoa(i)
}

func headingWords(heading string) string {
	if strings.TrimSpace(heading) == "" {
		return "A column without a heading"
	}
	return "“" + heading + "”"
}

func onFile(lookup, words string) string {
	if lookup == "" {
		return ""
	}
	return words
}

func weeksText(weeks int) string {
	if weeks == 0 {
		return ""
	}
	return strconv.Itoa(weeks)
}

func wayMeta(way Pathway) string {
	parts := []string{"Check-ins " + cadenceName(way.Cadence)}
	if way.TargetWeeks > 0 {
		parts = append(parts, fmt.Sprintf("seen within %d weeks", way.TargetWeeks))
	}
	if way.Retired {
		parts = append(parts, "nobody new")
	}
	return strings.Join(parts, " · ")
}

func (l Looked) title() string {
	switch {
	case l.Whole != "":
		return "This file cannot be read yet"
	case l.news() == 0 && l.Refused == 0:
		return "This file changes nothing"
	}
	return ui.Count(l.news(), "line would change something", "lines would change something")
}

// waited says how long somebody has waited, and never how many wait before them;
// who begins the sentence, such as “You wait”.
func waited(who, pathway string, weeks int, stands bool) string {
	words := fmt.Sprintf("%s for: %s. It has been about %s.", who, pathway, ui.Count(weeks, "week", "weeks"))
	if weeks == 0 {
		words = fmt.Sprintf("%s for: %s. It has been less than a week.", who, pathway)
	}
	if stands {
		words += " The clock stands still just now."
	}
	return words
}

func (m Mine) cadenceWords() string { return "We ask " + m.Cadence + ". It takes a minute." }

func tagQuery(tag string) string {
	if tag == "" {
		return ""
	}
	return "?" + url.Values{"tag": {tag}}.Encode()
}

func (b Board) query(ctx context.Context, show, after string) string {
	values := url.Values{}
	for name, value := range map[string]string{"pathway": b.Pathway, "keyworker": b.Keyworker, "show": show, "after": after} {
		if value != "" {
			values.Set(name, value)
		}
	}
	if len(values) == 0 {
		return ui.Path(ctx, "/waiting/board")
	}
	return ui.Path(ctx, "/waiting/board?"+values.Encode())
}

// asked is what the button to invite sends along.
func (b Board) asked() map[string]string {
	if b.Pathway == "" {
		return nil
	}
	return map[string]string{"pathway": b.Pathway}
}

func inviteWords(n int) string {
	if n > mostInvited {
		return fmt.Sprintf("Invite the first %d", mostInvited)
	}
	return "Invite " + ui.Count(n, "person", "people")
}

func (i Invited) rest() string {
	var words []string
	if i.Joined > 0 {
		words = append(words, ui.Count(i.Joined, "person was", "people were")+" a member already and can see their page now.")
	}
	if i.Refused > 0 {
		words = append(words, ui.Count(i.Refused, "address could", "addresses could")+" not be invited: it has an invitation already, or cannot be used.")
	}
	if i.Left > 0 {
		words = append(words, ui.Count(i.Left, "person is", "people are")+" left to invite.")
	}
	return strings.Join(append(words, "The letters are on their way."), " ")
}

// who is what a list says below a reference.
func (p Placed) who() string {
	parts := []string{p.Pathway.Name}
	if p.Member != nil {
		parts = append(parts, p.Member.Handle)
	}
	return strings.Join(parts, " · ")
}

// silent is why nothing is known of how somebody is.
func (p Placed) silent() string {
	switch {
	case p.Member != nil:
		return "No check-in yet"
	case p.InvitedAt != nil:
		return "Invited, not here yet"
	}
	return "Not invited"
}

type fact struct{ name, value, path string }

// facts are what the team knows of somebody.
func (one Shown) facts(ctx context.Context) (all []fact) {
	add := func(name, value string) {
		if value != "" {
			all = append(all, fact{name, value, ""})
		}
	}
	if one.Member != nil {
		all = append(all, fact{"Here as", one.Member.Handle, ui.Path(ctx, "/people/"+one.Member.HandleKey)})
	} else if one.InvitedAt != nil {
		add("Invited on", ui.Date(*one.InvitedAt))
	}
	add("Referred on", one.ReferredOn.Words())
	add("Priority", one.Priority.Name())
	if one.Target > 0 {
		add("To be seen within", ui.Count(one.Target, "week", "weeks"))
	}
	for _, p := range one.Pauses {
		add("The clock stood still", p.From.Words()+" to "+p.Until.Words())
	}
	if one.measured {
		all = append(all, fact{"Questionnaires", "What they answered", ui.Path(ctx, "/recovery/people/"+one.Member.HandleKey)})
	}
	add("Keyworker", keyworkerOf(one.Entry))
	if one.Member != nil {
		add("Likes best", one.Contact.name())
		add("When, or anything to know", one.ContactWords)
	}
	add("NHS number", onFile(one.NHSLookup, "We have it, sealed"))
	add("Email address", onFile(one.EmailLookup, "We have it, sealed"))
	if !one.Open() {
		add(one.Outcome.Name(), one.OutcomeOn.Words())
	}
	add("Handed over to", one.handed)
	return all
}

func workerName(handle string) string {
	if handle == "" {
		return "Nobody yet"
	}
	return handle
}

func workerQuery(handle string) string {
	if handle == "" {
		handle = "-"
	}
	return "?" + url.Values{"keyworker": {handle}}.Encode()
}

func chosen(is bool) templ.Attributes {
	if is {
		return templ.Attributes{"aria-current": "true"}
	}
	return nil
}

// sees says what of the page a carer can see.
func (c Carer) sees() string {
	switch {
	case !c.SeesNext:
		return "Sees how long you have waited."
	case !c.SeesWait:
		return "Sees what happens next."
	}
	return "Sees how long you have waited, and what happens next."
}

// opened says whether the link came, and until when it opens.
func (c Carer) opened() string {
	words := "Not opened yet."
	switch {
	case c.Refused:
		return "The email could not be delivered. Stop this one, and check the address."
	case c.OpenedAt != nil:
		words = "Last opened on " + ui.At(*c.OpenedAt) + "."
	}
	return words + " Ends on " + ui.Date(c.Until) + "."
}

// measureOptions are the questionnaires that can come with check-ins.
func (f PathwayForm) measureOptions() []ui.Option {
	return append([]ui.Option{{Value: "", Label: "None"}}, f.measures...)
}
