package notifications

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/clock"
	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
)

// Settings are what a member wants to hear of, where and when. All hours are London's.
type Settings struct {
	bun.BaseModel `bun:"table:notification_settings,alias:settings"`
	tenants.InService

	MemberID uuid.UUID `bun:"member_id,pk,type:uuid"`
	// Choices differ from the service's habits: "reply.email" to digest.
	Choices map[string]When `bun:"choices,type:jsonb"`
	// Quiet hours are minutes after midnight; nil for none.
	QuietFrom *int `bun:"quiet_from"`
	QuietTo   *int `bun:"quiet_to"`
	// Digest is off, daily or weekly.
	Digest       string     `bun:"digest"`
	DigestDay    int        `bun:"digest_day"` // 0 is Sunday
	DigestHour   int        `bun:"digest_hour"`
	NextDigestAt *time.Time `bun:"next_digest_at"`

	habits habits
}

// usually is what a member has who never chose.
func usually(s tenants.Scope, member uuid.UUID) Settings {
	h := habitsOf(s.Service.Area)
	out := Settings{MemberID: member, Choices: map[string]When{}, Digest: h.digest, DigestDay: int(time.Monday), DigestHour: 18, habits: h}
	if h.quietFrom != h.quietTo {
		out.QuietFrom, out.QuietTo = &h.quietFrom, &h.quietTo
	}
	out.next(s.Now)
	return out
}

// chosen is how soon the member wants a channel to tell of a kind.
func (p Settings) chosen(k kind, c Channel) When {
	if when, ok := p.Choices[k.key+"."+string(c)]; ok && !k.always {
		return when
	}
	return p.habits.when(k, c)
}

// When is how soon a channel tells of a kind: without a digest, nothing waits for it.
func (p Settings) When(k kind, c Channel) When {
	if when := p.chosen(k, c); when != Digest || p.Digest != "off" {
		return when
	}
	return Off
}

// After is the first moment from t on at which a member may be disturbed.
func (p Settings) After(t time.Time) time.Time {
	if p.QuietFrom == nil || p.QuietTo == nil || *p.QuietFrom == *p.QuietTo {
		return t
	}
	local := t.In(clock.London)
	minute := local.Hour()*60 + local.Minute()
	from, to := *p.QuietFrom, *p.QuietTo
	quiet := minute >= from && minute < to
	if from > to { // over midnight
		quiet = minute >= from || minute < to
	}
	if !quiet {
		return t
	}
	if minute >= to {
		local = local.AddDate(0, 0, 1)
	}
	return wall(local, to)
}

// next sets the time of the first digest after t.
func (p *Settings) next(t time.Time) {
	p.NextDigestAt = nil
	if p.Digest == "off" {
		return
	}
	for day := t.In(clock.London); ; day = day.AddDate(0, 0, 1) {
		at := wall(day, p.DigestHour*60)
		if at.After(t) && (p.Digest == "daily" || int(day.Weekday()) == p.DigestDay) {
			p.NextDigestAt = &at
			return
		}
	}
}

// wall is the first moment at which London's clocks show that minute of a day or,
// where they leave it out in spring, the moment at which they do.
func wall(day time.Time, minute int) time.Time {
	winter := time.Date(day.Year(), day.Month(), day.Day(), 0, minute, 0, 0, time.UTC)
	for _, at := range []time.Time{winter.Add(-time.Hour), winter} {
		if shown := at.In(clock.London); shown.Day() == day.Day() && shown.Hour()*60+shown.Minute() == minute {
			return at
		}
	}
	return winter.Truncate(time.Hour)
}

// Preferences is the page on which a member chooses.
type Preferences struct {
	Kinds      []Choice  `json:"kinds"`
	QuietFrom  string    `json:"quiet_from"` // 22:00; empty for none
	QuietTo    string    `json:"quiet_to"`
	Digest     string    `json:"digest"`
	DigestDay  int       `json:"digest_day"`
	DigestHour int       `json:"digest_hour"`
	NextDigest time.Time `json:"next_digest_at,omitzero"`
	// Email is the address, masked; Bounced says that it refused our last email.
	Email   string   `json:"email"`
	Bounced bool     `json:"bounced"`
	Devices []Device `json:"devices"`
	// PushKey is what a browser subscribes with; empty where there is no push.
	PushKey string `json:"push_key,omitempty"`
	// Texts says that there are text messages here. Phone is the end of the number
	// that the member has shown to be theirs, empty if none; PhoneRefuses says that it
	// did not take our last text.
	Texts        bool   `json:"texts"`
	Phone        string `json:"phone"`
	PhoneRefuses bool   `json:"phone_refuses"`
}

// Choice is a kind with what was chosen for each channel that there is.
type Choice struct {
	Kind     string           `json:"kind"`
	Name     string           `json:"name"`
	Channels map[Channel]When `json:"channels"`
	// Always says that it cannot be switched off.
	Always bool `json:"always,omitempty"`
}

// Preferences shows the actor's choices.
func (n *Notifications) Preferences(ctx context.Context, s tenants.Scope, _ web.None) (Preferences, error) {
	if s.Actor.Member == nil {
		return Preferences{}, notAMember()
	}
	mine, err := settingsOf(ctx, s, s.Actor.ID())
	if err != nil {
		return Preferences{}, err
	}
	out := Preferences{QuietFrom: clockFace(mine.QuietFrom), QuietTo: clockFace(mine.QuietTo), Digest: mine.Digest, DigestDay: mine.DigestDay, DigestHour: mine.DigestHour}
	if mine.NextDigestAt != nil {
		out.NextDigest = *mine.NextDigestAt
	}
	for _, k := range kinds {
		if k.team && !s.Actor.Roles.Staff() {
			continue
		}
		choice := Choice{Kind: k.key, Name: k.name, Channels: map[Channel]When{}, Always: k.always}
		for _, c := range channels {
			if c.Channel == App || n.has(c.Channel) {
				choice.Channels[c.Channel] = mine.chosen(k, c.Channel)
			}
		}
		out.Kinds = append(out.Kinds, choice)
	}
	if out.Email, out.Bounced, err = n.address(ctx, s); err != nil {
		return out, err
	}
	phone, err := n.phones().Phone(ctx, s, s.Actor.AccountID)
	if err != nil {
		return out, err
	}
	if out.Texts = n.has(Text); phone.Proved {
		out.Phone, out.PhoneRefuses = phone.Ends(), phone.Refuses
	}
	out.Devices, err = devicesOf(ctx, s, s.Actor.AccountID)
	if n.outside.Push != nil {
		out.PushKey = n.outside.Push.PublicKey()
	}
	return out, err
}

// address is where the actor's emails go, masked, and whether it refuses them.
func (n *Notifications) address(ctx context.Context, s tenants.Scope) (masked string, bounced bool, err error) {
	account, err := accountOf(ctx, s, s.Actor.AccountID)
	if err != nil {
		return "", false, err
	}
	address, err := account.Email(n.outside.Keys)
	if err != nil {
		return "", false, err
	}
	bounced, err = bouncing(ctx, s, account)
	return mask(address), bounced, err
}

// mask leaves enough of an address to know it by: h•••@example.org.
func mask(address string) string {
	name, host, _ := strings.Cut(address, "@")
	for _, first := range name {
		return string(first) + "•••@" + host
	}
	return "•••@" + host
}

// Choose is what a member chose. Choices are like "reply.email" to "digest";
// what is left out stays as it is.
type Choose struct {
	Choices    json.RawMessage `json:"choices,omitempty"`
	QuietFrom  string          `json:"quiet_from" validate:"max=5" label:"when quiet hours begin"`
	QuietTo    string          `json:"quiet_to" validate:"max=5" label:"when quiet hours end"`
	Digest     string          `json:"digest" validate:"required,oneof=off daily weekly" label:"how often you want a digest"`
	DigestDay  int             `json:"digest_day" validate:"gte=0,lte=6" label:"the day of your digest"`
	DigestHour int             `json:"digest_hour" validate:"gte=0,lte=23" label:"the hour of your digest"`
}

// Choose keeps the actor's choices.
func (n *Notifications) Choose(ctx context.Context, s tenants.Scope, in Choose) (Preferences, error) {
	if s.Actor.Member == nil {
		return Preferences{}, notAMember()
	}
	mine, err := settingsOf(ctx, s, s.Actor.ID())
	if err != nil {
		return Preferences{}, err
	}
	if mine.QuietFrom, mine.QuietTo, err = quietHours(in); err != nil {
		return Preferences{}, err
	}
	mine.Digest, mine.DigestDay, mine.DigestHour = in.Digest, in.DigestDay, in.DigestHour
	if at := wall(s.Now.In(clock.London), in.DigestHour*60); in.Digest != "off" && !mine.After(at).Equal(at) {
		return Preferences{}, fault.Bad("digest_hour", "This is in your quiet hours. Choose an hour outside them.")
	}
	if err := mine.choose(in.Choices); err != nil {
		return Preferences{}, err
	}
	mine.next(s.Now)
	if err := save(ctx, s, mine); err != nil {
		return Preferences{}, err
	}
	return n.Preferences(ctx, s, web.None{})
}

// choose lays choices over those that were made before.
func (p *Settings) choose(raw json.RawMessage) error {
	made := map[string]When{}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &made); err != nil {
			return &fault.Error{Code: fault.Malformed, Message: "We could not read what was sent.", Fields: []fault.Field{{Name: "choices", Message: `Expected an object such as {"reply.email": "digest"}.`}}}
		}
	}
	for _, k := range kinds {
		for _, c := range channels {
			name := k.key + "." + string(c.Channel)
			when, given := made[name]
			delete(made, name)
			if !given || k.always {
				continue
			}
			if !has(c.whens, when) {
				return fault.Bad("choices/"+name, "Choose one of the answers.")
			}
			p.Choices[name] = when
		}
	}
	for name := range made {
		return fault.Bad("choices/"+name, "There is nothing of this name to choose.")
	}
	return nil
}

func has(whens []When, when When) bool {
	for _, known := range whens {
		if known == when {
			return true
		}
	}
	return false
}

func quietHours(in Choose) (from, to *int, err error) {
	if from, err = minutes("quiet_from", in.QuietFrom); err != nil {
		return nil, nil, err
	}
	if to, err = minutes("quiet_to", in.QuietTo); err != nil {
		return nil, nil, err
	}
	switch {
	case from != nil && to == nil:
		return nil, nil, fault.Bad("quiet_to", "Enter when your quiet hours end, or clear when they begin.")
	case from == nil && to != nil:
		return nil, nil, fault.Bad("quiet_from", "Enter when your quiet hours begin, or clear when they end.")
	}
	return from, to, nil
}

// minutes reads a time of the day; nil for none.
func minutes(field, text string) (*int, error) {
	if text == "" {
		return nil, nil
	}
	t, err := time.Parse("15:04", text)
	if err != nil {
		return nil, fault.Bad(field, "Write a time like 22:00.")
	}
	minute := t.Hour()*60 + t.Minute()
	return &minute, nil
}

func clockFace(minute *int) string {
	if minute == nil {
		return ""
	}
	return fmt.Sprintf("%02d:%02d", *minute/60, *minute%60)
}

// hour is an hour of the day as people say it.
func hour(h int) string {
	switch {
	case h == 0:
		return "midnight"
	case h == 12:
		return "midday"
	case h < 12:
		return strconv.Itoa(h) + "am"
	}
	return strconv.Itoa(h-12) + "pm"
}

func notAMember() error {
	return fault.New(fault.Forbidden, "You are not a member of this service, so it has nothing to tell you.")
}
