package notifications

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/database"
	"github.com/sharon-nhs/sharon/internal/jobs"
	"github.com/sharon-nhs/sharon/internal/mail"
	"github.com/sharon-nhs/sharon/internal/outbound"
	"github.com/sharon-nhs/sharon/internal/push"
	"github.com/sharon-nhs/sharon/internal/text"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/identity"
)

// What has to go out, by urgency. The subject is the delivery.
var (
	deliver       = tenants.Kind{Key: "notifications.deliver", Queue: jobs.Realtime}
	deliverDigest = tenants.Kind{Key: "notifications.digest", Queue: jobs.Bulk}
	deliverSafety = tenants.Kind{Key: "notifications.safety", Queue: jobs.Safety}
)

// State is how far a delivery has come.
type State string

// The states. All but queued are final.
const (
	Queued  State = "queued"
	Sent    State = "sent"
	Failed  State = "failed"  // given up after many tries, or refused for good
	Bounced State = "bounced" // the address or every device refused
	Dropped State = "dropped" // not wanted any more
)

// Delivery is what goes out to one member by one channel. Its id is how the
// receiver's side knows a repeat: the Message-ID, the notice's tag.
type Delivery struct {
	bun.BaseModel `bun:"table:deliveries,alias:delivery"`
	tenants.InService

	ID       uuid.UUID `bun:"id,pk,type:uuid"`
	MemberID uuid.UUID `bun:"member_id,type:uuid"`
	Channel  Channel   `bun:"channel"`
	Kind     string    `bun:"kind"`
	AboutID  uuid.UUID `bun:"about_id,type:uuid"`
	Path     string    `bun:"path"`   // below the service
	Counts   string    `bun:"counts"` // of a digest: "3 new replies, 1 message"
	State    State     `bun:"state"`
	Attempts int       `bun:"attempts"`
	// Code is what became of it in a word, such as the SMTP code.
	Code      string     `bun:"code"`
	CreatedAt time.Time  `bun:"created_at"`
	DueAt     time.Time  `bun:"due_at"`
	SentAt    *time.Time `bun:"sent_at"`
}

// digestKind is the Kind of a digest's delivery.
const digestKind = "digest"

// Codes that are words.
const (
	noDevice    = "no device"
	unreachable = "unreachable"
)

const (
	// apartBy is the least time between two calls to a member by one channel.
	apartBy = 10 * time.Minute
	// lately is how long ago a member counts as looking at a page now.
	lately = 2 * time.Minute
	// mostAttempts is when a delivery is given up: after about an hour.
	mostAttempts = 10
	// keptFor is how long a push service keeps a notice for a device that is away.
	keptFor = 24 * time.Hour
)

// reach calls members who are not on a page. While one call waits to go out there
// is no second: ten thousand things at once make one email.
func (n *Notifications) reach(ctx context.Context, s tenants.Scope, k kind, about Notice, members []uuid.UUID, settings map[uuid.UUID]Settings) error {
	for _, c := range channels {
		if c.Channel == App || !n.has(c.Channel) {
			continue
		}
		var wanted []uuid.UUID
		for _, member := range members {
			if settings[member].When(k, c.Channel) == Now {
				wanted = append(wanted, member)
			}
		}
		wanted, err := reachable(ctx, s, c.Channel, wanted)
		if err != nil {
			return err
		}
		if len(wanted) == 0 {
			continue
		}
		last, err := lastOf(ctx, s, c.Channel, wanted)
		if err != nil {
			return err
		}
		var deliveries []Delivery
		for _, member := range wanted {
			due := s.Now
			if !k.always {
				before := last[member]
				if before.State == Queued {
					continue
				}
				if before.SentAt != nil && before.SentAt.Add(apartBy).After(due) {
					due = before.SentAt.Add(apartBy)
				}
				due = settings[member].After(due)
			}
			deliveries = append(deliveries, Delivery{MemberID: member, Channel: c.Channel, Kind: k.key, AboutID: about.AboutID, Path: about.Path, DueAt: due})
		}
		if err := queue(ctx, s, deliveries); err != nil {
			return err
		}
	}
	return nil
}

// has tells whether this deployment has a channel.
func (n *Notifications) has(c Channel) bool {
	return c == Email && n.outside.Email != nil || c == Push && n.outside.Push != nil || c == Text && n.outside.Text != nil
}

// queue notes deliveries and the events that carry them out.
func queue(ctx context.Context, s tenants.Scope, deliveries []Delivery) error {
	if len(deliveries) == 0 {
		return nil
	}
	for i := range deliveries {
		d := &deliveries[i]
		d.ID, d.State, d.CreatedAt = uuid.Must(uuid.NewV7()), Queued, s.Now
	}
	noted, err := insertDeliveries(ctx, s, deliveries)
	if err != nil {
		return err
	}
	events := make([]tenants.Event, len(noted))
	for i, d := range noted {
		events[i] = d.event(s)
	}
	return s.EmitAll(ctx, deliveries[0].carrier(), events)
}

func (d Delivery) event(s tenants.Scope) tenants.Event {
	e := tenants.Event{Subject: d.ID}
	if d.DueAt.After(s.Now) {
		e.DueAt = &d.DueAt
	}
	return e
}

// carrier is the kind of event that carries it out.
func (d Delivery) carrier() tenants.Kind {
	if d.Kind == digestKind {
		return deliverDigest
	}
	if k, _ := kindOf(d.Kind); k.always {
		return deliverSafety
	}
	return deliver
}

// carryOut sends a delivery. It may be begun again after a crash at any point: what
// then goes out a second time has the same id, and replaces the first.
func (n *Notifications) carryOut(ctx context.Context, s tenants.Scope, e tenants.Event) error {
	var d Delivery
	var to receiver
	err := s.Write(ctx, func(ctx context.Context, s tenants.Scope) (err error) {
		if d, err = deliveryOf(ctx, s, e.Subject); err != nil {
			return err
		}
		if d.State != Queued || d.DueAt.After(s.Now) {
			return nil // done, or waiting for a later event of its own
		}
		if to, err = n.receiver(ctx, s, &d); err != nil {
			return err
		}
		if to.refused != "" {
			return finish(ctx, s, &d, Dropped, to.refused)
		}
		if to.notBefore.After(s.Now) {
			d.DueAt = to.notBefore
			return postpone(ctx, s, d)
		}
		return begun(ctx, s, &d)
	})
	if database.Missing(err) {
		return nil
	}
	if err != nil || d.State != Queued || d.Attempts == 0 || d.DueAt.After(s.Now) {
		return err
	}
	failed := n.send(ctx, s, d, to)
	return n.settle(ctx, s, d, to, failed)
}

// receiver is what is known of whom a delivery goes to, as things are now.
type receiver struct {
	account tenants.Account
	address string // an email's, or a telephone number
	devices []Device
	// refused says in a word why it should not go out any more; empty if it should.
	refused   string
	notBefore time.Time
	several   bool // more than one thing is new
	unread    int  // for the app's icon; 0 unless its owner wishes for it
}

// receiver looks again at all that may have changed since the delivery was noted.
func (n *Notifications) receiver(ctx context.Context, s tenants.Scope, d *Delivery) (to receiver, err error) {
	person, err := memberOf(ctx, s, d.MemberID)
	if database.Missing(err) {
		return receiver{refused: "left"}, nil
	}
	if err != nil {
		return to, err
	}
	mine, err := settingsOf(ctx, s, d.MemberID)
	if err != nil {
		return to, err
	}
	if to.account, err = accountOf(ctx, s, person.AccountID); err != nil {
		return to, err
	}
	k, _ := kindOf(d.Kind)
	if !k.always {
		to.notBefore = mine.After(s.Now)
		if person.Away(s.Now) {
			return receiver{refused: "away"}, nil
		}
		if s.Trust().Status != tenants.Active { // the link in it would lead to a closed door
			return receiver{refused: "closed"}, nil
		}
	}
	if err := n.about(ctx, s.As(person), d, mine, &to); err != nil {
		return to, err
	}
	refuses := false
	switch d.Channel {
	case Email:
		refuses, err = n.emailOf(ctx, s, &to)
	case Text:
		refuses, err = n.phoneOf(ctx, s, &to)
	case Push:
		if to.devices, err = n.openDevices(ctx, s, person.AccountID); len(to.devices) == 0 {
			to.refused = noDevice
		}
		if err == nil && to.account.Badge {
			to.unread, err = n.unread(ctx, s.As(person))
		}
		return to, err
	}
	if err != nil || k.always || to.refused != "" {
		return to, err
	}
	if refuses {
		to.refused = "bouncing"
		return to, nil
	}
	here, err := lookingNow(ctx, s, to.account.ID)
	if here && to.notBefore.Before(s.Now.Add(lately)) {
		to.notBefore = s.Now.Add(lately) // they see it on the page; this is for who does not look
	}
	return to, err
}

// unread is how much waits for the actor in all rooms together.
func (n *Notifications) unread(ctx context.Context, s tenants.Scope) (sum int, err error) {
	waiting, err := n.outside.Unread(ctx, s)
	for _, many := range waiting {
		sum += many
	}
	return sum, err
}

// about settles what a call is about by now: what else has come meanwhile goes
// with it, and what has been read or taken down does not.
func (n *Notifications) about(ctx context.Context, s tenants.Scope, d *Delivery, mine Settings, to *receiver) error {
	k, _ := kindOf(d.Kind)
	switch {
	case k.always:
		return nil
	case d.Kind == digestKind:
		if mine.Digest == "off" {
			to.refused = "unwanted"
		}
		return nil
	}
	unread, err := n.groups(ctx, s, wanted{unread: true, elsewhere: true, limit: mostGroups})
	if err != nil {
		return err
	}
	unread = slices.DeleteFunc(unread, func(g group) bool {
		k, _ := kindOf(g.Kind)
		return mine.When(k, d.Channel) != Now
	})
	switch len(unread) {
	case 0:
		to.refused = "read"
	case 1:
		last, err := noticeOf(ctx, s, unread[0].Latest)
		d.Kind, d.AboutID, d.Path = last.Kind, last.AboutID, last.Path
		return err
	default:
		d.Path, to.several = "/notifications", true
	}
	return nil
}

// emailOf finds the address, and whether it refused our last email.
func (n *Notifications) emailOf(ctx context.Context, s tenants.Scope, to *receiver) (refuses bool, err error) {
	if to.address, err = to.account.Email(n.outside.Keys); err != nil {
		return false, err
	}
	return bouncing(ctx, s, to.account)
}

// phoneOf finds the number, and whether it refused our last text.
func (n *Notifications) phoneOf(ctx context.Context, s tenants.Scope, to *receiver) (refuses bool, err error) {
	phone, err := n.phones().Phone(ctx, s, to.account.ID)
	if to.address = phone.Number; !phone.Proved {
		to.refused = "no number"
	}
	return phone.Refuses, err
}

func (n *Notifications) phones() identity.Archive { return identity.Archive{Keys: n.outside.Keys} }

// send hands a delivery to the mail server, the push services or the telephone's.
func (n *Notifications) send(ctx context.Context, s tenants.Scope, d Delivery, to receiver) error {
	k, _ := kindOf(d.Kind)
	words := k.outside
	if to.several {
		words = "You have new notices"
	}
	link := n.outside.Address(s.Trust()) + "/go/" + d.ID.String()
	switch d.Channel {
	case Email:
		m, err := n.letter(s, d, words, link).Message(ctx, d.ID.String(), to.address, subjectOf(d, words))
		if err != nil {
			return err
		}
		return n.outside.Email(ctx, m)
	case Text:
		return n.sendText(ctx, d, to.address, textOf(k, words, link))
	}
	return n.push(ctx, d, to, words, k.always)
}

// textOf is the whole of a text message: with how to stop them, where that can be.
func textOf(k kind, words, link string) string {
	all := "SHaRON: " + words + ". " + link
	if !k.always {
		all += "\nStop these texts: " + link + "/settings"
	}
	return all
}

// pushed is what a device is told (worker.js). It has no content.
type pushed struct {
	Title  string `json:"title"`
	Body   string `json:"body"`
	Tag    string `json:"tag"`
	URL    string `json:"url"`
	Unread int    `json:"unread,omitempty"`
}

func (n *Notifications) push(ctx context.Context, d Delivery, to receiver, words string, urgent bool) error {
	notice, err := json.Marshal(pushed{"SHaRON", words, d.ID.String(), "/go/" + d.ID.String(), to.unread})
	if err != nil {
		return err
	}
	urgency := "normal"
	if urgent {
		urgency = "high"
	}
	var failed error
	for i := range to.devices {
		device := &to.devices[i]
		device.failed = n.outside.Push.Send(ctx, device.at, notice, push.Delivery{TTL: keptFor, Urgency: urgency, Topic: strings.ReplaceAll(d.ID.String(), "-", "")})
		var gone *push.Gone
		if device.failed != nil && !errors.As(device.failed, &gone) {
			failed = device.failed
		}
	}
	return failed
}

func subjectOf(d Delivery, words string) string {
	if d.Kind == digestKind {
		return "What is new for you"
	}
	return words
}

func (n *Notifications) letter(s tenants.Scope, d Delivery, words, link string) mail.Letter {
	k, _ := kindOf(d.Kind)
	letter := mail.Letter{Heading: words, Link: mail.Link{Text: "Have a look", URL: link}, Why: "You get this because of your settings in SHaRON. Nobody reads answers to this email."}
	if d.Kind == digestKind {
		letter.Heading = "What is new for you"
		letter.Lines = []string{"Since your last digest: " + d.Counts + "."}
	}
	if k.always {
		letter.Why = "Messages like this are about safety, so they come whatever your settings say. Nobody reads answers to this email."
		return letter
	}
	letter.Unsubscribe = n.outside.Address(s.Trust()) + "/unsubscribe/" + n.ticket(s, d.MemberID, d.Kind)
	return letter
}

// settle notes what became of a delivery; its error asks for another try.
func (n *Notifications) settle(ctx context.Context, s tenants.Scope, d Delivery, to receiver, failed error) error {
	state, code, again := outcome(d, to, failed)
	if !again {
		return n.became(ctx, s, &d, to, state, code)
	}
	if err := n.became(ctx, s, &d, to, Queued, code); err != nil {
		return err
	}
	return failed
}

// became notes a state, and what it says of an address, a number or devices.
func (n *Notifications) became(ctx context.Context, s tenants.Scope, d *Delivery, to receiver, state State, code string) error {
	return s.Write(context.WithoutCancel(ctx), func(ctx context.Context, s tenants.Scope) error {
		for _, device := range to.devices {
			if err := device.settle(ctx, s); err != nil {
				return err
			}
		}
		if err := finish(ctx, s, d, state, code); err != nil {
			return err
		}
		switch {
		case state == Bounced && d.Channel == Email:
			return bounce(ctx, s, to.account, code)
		case state == Bounced && d.Channel == Text:
			return n.phones().PhoneRefused(ctx, s, to.account.ID, d.CreatedAt)
		case state == Sent && d.Channel == Text:
			return askFate(ctx, s, *d)
		}
		return nil
	})
}

// outcome sorts what a channel answered; again says that it is worth another try.
func outcome(d Delivery, to receiver, failed error) (state State, code string, again bool) {
	var refused *mail.Refused
	var no *push.Refused
	var noText *text.Refused
	var later *outbound.Later
	switch {
	case failed == nil && d.Channel == Push && gone(to.devices) == len(to.devices):
		return Bounced, noDevice, false
	case failed == nil:
		return Sent, "", false
	case errors.As(failed, &refused):
		code = strings.TrimSpace(fmt.Sprintf("%d %s", refused.Code, refused.Status))
		if refused.Address {
			return Bounced, code, false
		}
		return Failed, code, false
	case errors.As(failed, &no):
		return Failed, fmt.Sprint(no.Status), false
	case errors.As(failed, &noText):
		code = strings.TrimSpace(fmt.Sprintf("%d %s", noText.Status, noText.Why))
		if noText.Number {
			return Bounced, code, false
		}
		return Failed, code, false
	case errors.As(failed, &later):
		code = fmt.Sprint(later.Status)
	default:
		code = unreachable
	}
	return Failed, code, d.Attempts < mostAttempts
}

func gone(devices []Device) (n int) {
	for _, device := range devices {
		if device.failed != nil {
			n++
		}
	}
	return n
}
