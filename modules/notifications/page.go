package notifications

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/text"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/identity"
)

// paged is the kind of a call to the team. Nobody chooses whether it comes.
var paged = kind{key: "page", outside: "Somebody needs you now", always: true}

// loudest are the channels of a call, those first that make a noise.
var loudest = []Channel{Push, Text, Email}

// patience is how long a call tries one channel before it goes on to the next.
const patience = 15 * time.Second

var _ modules.Pager = (*Notifications)(nil)

// Page implements modules.Pager.
func (n *Notifications) Page(ctx context.Context, s tenants.Scope, call modules.Call) ([]modules.Attempt, error) {
	begun, took := s.Now, clock.Stopwatch()
	attempts := make([]modules.Attempt, len(loudest))
	for i, c := range loudest {
		attempts[i] = modules.Attempt{Channel: string(c), Result: "not set up here"}
		if s.Now = begun.Add(took()); n.has(c) {
			d, err := n.page(ctx, s, call, c)
			if err != nil {
				return nil, err
			}
			attempts[i].Result, attempts[i].OK, attempts[i].Tried = d.result(), d.State == Sent, d.State != Dropped && d.Code != noDevice
			if d.SentAt != nil {
				s.Now = *d.SentAt
			}
		}
		attempts[i].At = s.Now
	}
	return attempts, nil
}

// page is a call on one channel. It is a delivery whose id follows from the key, so
// that after a crash it is found again.
func (n *Notifications) page(ctx context.Context, s tenants.Scope, call modules.Call, c Channel) (Delivery, error) {
	d := Delivery{ID: uuid.NewSHA1(call.Key, append(call.To[:], c...)), MemberID: call.To, Channel: c, Kind: paged.key,
		AboutID: call.Key, Path: call.Path, State: Queued, CreatedAt: s.Now, DueAt: s.Now}
	var to receiver
	err := s.Write(ctx, func(ctx context.Context, s tenants.Scope) (err error) {
		if d, err = keepPage(ctx, s, d); err != nil || d.State == Sent {
			return err
		}
		d.State = Queued // whatever became of it before
		if to, err = n.receiver(ctx, s, &d); err != nil {
			return err
		}
		if err := begun(ctx, s, &d); err != nil || to.refused == "" {
			return err
		}
		return finish(ctx, s, &d, Dropped, to.refused)
	})
	if err != nil || d.State != Queued {
		return d, err
	}
	trying, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	failed := n.send(trying, s, d, to)
	if gone(to.devices) < len(to.devices) {
		failed = nil // one device is enough
	}
	state, code, _ := outcome(d, to, failed)
	return d, n.became(ctx, s, &d, to, state, code)
}

// result is what became of a call, in plain words.
func (d Delivery) result() string {
	switch {
	case d.State == Sent:
		return "sent"
	case d.State == Dropped, d.Code == unreachable:
		return d.Code
	case d.Code == noDevice:
		return "no device"
	}
	return "refused: " + d.Code
}

// PageNumber implements modules.Pager.
func (n *Notifications) PageNumber(ctx context.Context, s tenants.Scope, key uuid.UUID, number, path string) modules.Attempt {
	took := clock.Stopwatch()
	who, unread := identity.Given{Phone: number}.Read(s.Now)
	d := Delivery{ID: uuid.NewSHA1(key, []byte(who.Phone)), Channel: Text, Attempts: 2} // perhaps not the first
	result := func(words string) modules.Attempt {
		return modules.Attempt{Channel: string(Text), At: s.Now.Add(took()), Result: words, OK: d.State == Sent, Tried: d.State != ""}
	}
	if !n.has(Text) {
		return result("not set up here")
	}
	if unread != nil || !who.Mobile() {
		return result("not a mobile number")
	}
	link, err := n.callLink(s, path)
	if err == nil {
		trying, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		err = n.sendText(trying, d, who.Phone, "SHaRON: "+paged.outside+". "+link)
	}
	d.State, d.Code, _ = outcome(d, receiver{}, err)
	return result(d.result())
}

// callLink leads to a page of the service, and names neither: whoever opens it has
// no delivery of their own by which it could be found.
func (n *Notifications) callLink(s tenants.Scope, path string) (string, error) {
	sealed, err := n.outside.Keys.Seal(s.Service.ID.String()+path, calledIn(s))
	return n.outside.Address(s.Trust()) + "/called/" + sealed, err
}

func calledIn(s tenants.Scope) string { return "call of " + s.Trust().ID.String() }

// Called is a link of a text to a telephone.
type Called struct {
	Sealed string `path:"sealed"`
}

// Called follows such a link. NotFound if it is not one of ours.
func (n *Notifications) Called(_ context.Context, s tenants.Scope, in Called) (Went, error) {
	opened, err := n.outside.Keys.Open(in.Sealed, calledIn(s))
	id, path, _ := strings.Cut(opened, "/")
	service, unread := uuid.Parse(id)
	if err != nil || unread != nil {
		return Went{}, fault.Missing()
	}
	s, open := s.Within(service)
	if !open {
		return Went{}, fault.Missing()
	}
	return Went{"/" + s.Service.Slug + "/" + path}, nil
}

// sendText hands a text to the provider; one that may have gone out before is asked
// for first, because a telephone does not know a repeat.
func (n *Notifications) sendText(ctx context.Context, d Delivery, number, words string) error {
	if d.Attempts > 1 {
		if fate, err := n.outside.Text.Fate(ctx, d.ID.String()); err == nil && (fate == text.Underway || fate == text.Delivered) {
			return nil
		}
	}
	return n.outside.Text.Send(ctx, text.Message{ID: d.ID.String(), To: number, Text: words})
}
