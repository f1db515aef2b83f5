package terms

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/watch"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
)

// Try is a text to try the terms on.
type Try struct {
	Text string `json:"text" validate:"filled,max=100000" label:"a text"`
}

// Part is a piece of a text; Found says that a term is there.
type Part struct {
	Text  string `json:"text"`
	Found bool   `json:"found,omitempty"`
}

// Tried is what would follow if a member wrote the text.
type Tried struct {
	Parts []Part `json:"parts"`
	Terms []Rule `json:"terms"` // that are found
	// Level is that of the item on the desk; empty if there is none.
	Level   safety.Level `json:"level,omitempty"`
	Hold    bool         `json:"hold"`
	Support bool         `json:"support"`
	Case    bool         `json:"case"`
	Topics  []string     `json:"topics,omitempty"` // by name
	text    string
	service *tenants.Service
}

// Try looks for the terms in a text. It is not kept.
func (t *Terms) Try(ctx context.Context, s tenants.Scope, in Try) (Tried, error) {
	book, err := t.book(ctx, s)
	if err != nil {
		return Tried{}, err
	}
	out := Tried{Parts: parts(in.Text, book.list.Find(in.Text)), Terms: book.find(in.Text), text: in.Text, service: s.Service}
	seen := map[string]bool{}
	for _, rule := range out.Terms {
		f := rule.finding(s, false)
		out.Level = f.Level.Graver(out.Level)
		out.Hold, out.Support, out.Case = out.Hold || f.Hold, out.Support || f.Support, out.Case || f.Case
		for _, key := range f.Topics {
			if topic, _ := s.Service.Topic(key); !seen[key] {
				seen[key] = true
				out.Topics = append(out.Topics, topic.Name)
			}
		}
	}
	return out, nil
}

// parts cuts a text where terms are found; terms that overlap are one piece.
func parts(text string, found []watch.Match) (all []Part) {
	at := 0
	for i := 0; i < len(found); {
		start, end := found[i].Start, found[i].End
		for i++; i < len(found) && found[i].Start < end; i++ {
			end = max(end, found[i].End)
		}
		if at < start {
			all = append(all, Part{Text: text[at:start]})
		}
		all = append(all, Part{text[start:end], true})
		at = end
	}
	if at < len(text) {
		all = append(all, Part{Text: text[at:]})
	}
	return all
}

// lately is how far back a term is tried, and at how many posts at most.
const (
	lately    = 30 * 24 * time.Hour
	mostPosts = 5000
)

// Check is a new term that is not saved yet.
type Check struct {
	Rule
	Reason string `json:"reason,omitempty" validate:"max=500" label:"why"`
}

// CheckOne is a changed term that is not saved yet.
type CheckOne struct {
	ID      uuid.UUID `path:"id"`
	Version int       `json:"version" validate:"gte=1" label:"the version"`
	Check
}

// Checked is what a term would have found lately, as numbers only.
type Checked struct {
	Rule
	Found  int `json:"found"`  // posts
	Looked int `json:"looked"` // of so many
	// Full says that there were more posts than are looked at.
	Full    bool `json:"full,omitempty"`
	reason  string
	id      uuid.UUID // zero for a new term
	version int
	service *tenants.Service
}

// Check counts the posts of the last 30 days that a new term would have found.
func (t *Terms) Check(ctx context.Context, s tenants.Scope, in Check) (out Checked, err error) {
	out.reason, out.service = in.Reason, s.Service
	if out.Rule, err = in.fit(); err != nil {
		return out, err
	}
	list, err := watch.Compile([]watch.Term{out.term()})
	if err != nil {
		return out, err
	}
	err = s.Read(ctx, func(ctx context.Context, s tenants.Scope) error {
		return t.recent(ctx, s, s.Now.Add(-lately), func(title, body string) bool {
			if out.Looked == mostPosts {
				out.Full = true
				return false
			}
			out.Looked++
			if len(list.Find(title)) > 0 || len(list.Find(body)) > 0 {
				out.Found++
			}
			return true
		})
	})
	return out, err
}

// CheckOne is Check for a term that is there.
func (t *Terms) CheckOne(ctx context.Context, s tenants.Scope, in CheckOne) (Checked, error) {
	err := s.Read(ctx, func(ctx context.Context, s tenants.Scope) error {
		_, err := byID(ctx, s, in.ID)
		return err
	})
	if err != nil {
		return Checked{}, err
	}
	out, err := t.Check(ctx, s, in.Check)
	out.id, out.version = in.ID, in.Version
	return out, err
}
