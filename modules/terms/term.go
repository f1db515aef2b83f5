package terms

import (
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/watch"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// Acts are what follows where a term is found. Without any, the team is told.
type Acts struct {
	Hold bool `bun:"hold" json:"hold,omitempty" yaml:"hold"` // nobody else reads it until the team has looked
	// Topic is the content note that covers it. A service that lacks it holds.
	Topic string `bun:"topic" json:"topic,omitempty" yaml:"cover" validate:"max=60" label:"a content note"`
	// Support shows the writer whom to turn to.
	Support bool `bun:"support" json:"support,omitempty" yaml:"support"`
	// Case is the level of the case that is opened; empty for none.
	Case safety.Level `bun:"level" json:"case,omitempty" yaml:"case" validate:"omitempty,oneof=amber red crisis green" label:"a level"`
}

// Rule is what to look for and what follows.
type Rule struct {
	Text string     `bun:"text" json:"text" validate:"filled,max=500" label:"what to look for"`
	Sort watch.Sort `bun:"sort" json:"sort" validate:"required,oneof=word phrase pattern" label:"how to look for it"`
	// Prefix takes any ending of the last word.
	Prefix bool `bun:"prefix" json:"prefix,omitempty"`
	Acts   `yaml:",inline"`
}

// Term is a rule of a service.
type Term struct {
	bun.BaseModel `bun:"table:watched_terms,alias:term"`
	tenants.InService

	ID  uuid.UUID `bun:"id,pk,type:uuid" json:"id"`
	Key string    `bun:"key" json:"-"` // as Rule.key
	Rule
	Listed    bool      `bun:"listed" json:"listed"` // as the area's list has it, not the service's own
	Active    bool      `bun:"active" json:"active"`
	Version   int       `bun:"version" json:"version"`
	ChangedAt time.Time `bun:"changed_at" json:"changed_at"`
}

func (r Rule) term() watch.Term { return watch.Term{Text: r.Text, Sort: r.Sort, Prefix: r.Prefix} }

// fit tidies a rule. Invalid if it cannot be looked for.
func (r Rule) fit() (Rule, error) {
	r.Text = strings.TrimSpace(r.Text)
	if r.Sort == watch.Pattern {
		r.Prefix = false
	} else {
		r.Text = strings.Join(strings.Fields(r.Text), " ")
	}
	if reason := r.wrong(); reason != "" {
		return r, fault.Bad("text", reason)
	}
	return r, nil
}

// wrong is why a rule cannot be looked for; empty if it can.
func (r Rule) wrong() string {
	return refusals([]Rule{r})[0]
}

// refusals say which rules cannot be looked for, by their place, and why.
func refusals(rules []Rule) map[int]string {
	terms := make([]watch.Term, len(rules))
	for i, rule := range rules {
		terms[i] = rule.term()
	}
	wrong := map[int]string{}
	if _, err := watch.Compile(terms); err != nil {
		for _, one := range refused(err) {
			wrong[one.Index] = one.Reason
		}
	}
	return wrong
}

// key is the same for two rules that look for the same.
func (r Rule) key() string {
	if r.Sort == watch.Pattern {
		return "/" + r.Text
	}
	if folded := strings.TrimSpace(watch.Fold(r.Text)); folded != "" {
		return folded
	}
	return r.Text // an emoji
}

// level is that of what is found.
func (a Acts) level() safety.Level {
	switch {
	case a.Case != "":
		return a.Case
	case a.Hold, a.Support:
		return safety.Amber
	}
	return safety.Green
}

// finding is what a rule makes of a text. What the team writes is only noted.
func (r Rule) finding(s tenants.Scope, byTeam bool) safety.Finding {
	found := safety.Finding{Source: safety.ByTerm, Detail: r.Text, Level: safety.Green}
	if byTeam {
		return found
	}
	found.Level, found.Hold, found.Support, found.Case = r.level(), r.Hold, r.Support, r.Case != ""
	if r.Topic == "" {
		return found
	}
	if _, known := s.Service.Topic(r.Topic); known {
		found.Topics = []string{r.Topic}
	} else {
		found.Hold, found.Level = true, found.Level.Graver(safety.Amber)
	}
	return found
}

// Does says in words what follows, the gravest first.
func (a Acts) Does(s *tenants.Service) (words []string) {
	if a.Case != "" {
		words = append(words, "Opens a case: "+strings.ToLower(a.Case.Name()))
	}
	if a.Support {
		words = append(words, "Offers support")
	}
	topic, known := s.Topic(a.Topic)
	if a.Hold || a.Topic != "" && !known {
		words = append(words, "Waits for the team")
	}
	if known {
		words = append(words, "Covered: "+topic.Name)
	}
	if words == nil {
		words = []string{"The team is told"}
	}
	return words
}
