package catch

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/modules/posts"
	"github.com/sharon-nhs/sharon/modules/safety"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/areas"
)

// Mode is how a room is looked after. The one without a module holds wherever a
// room has none of its own.
type Mode struct {
	bun.BaseModel `bun:"table:room_modes,alias:mode"`
	tenants.InService

	Module     string `bun:"module,pk" json:"room,omitempty"`
	Mode       When   `bun:"mode" json:"mode"`
	Away       bool   `bun:"away" json:"away"`
	FirstPosts int    `bun:"first_posts" json:"first_posts"`
	// Unattended is what happens while nobody is on duty or on call.
	Unattended Unattended `bun:"unattended" json:"unattended"`
	Version    int        `bun:"version" json:"version"`
}

// When is whether the team reads before or after others do.
type When string

// The ways.
const (
	After  When = "after"
	Before When = "before"
)

// Unattended is what happens to what others would read; empty is Take.
type Unattended string

// The choices.
const (
	Take   Unattended = "take"
	Hold   Unattended = "hold"
	Refuse Unattended = "refuse"
)

// choices are the modes that a service has chosen.
func choices(ctx context.Context, s tenants.Scope) (rows []Mode, err error) {
	err = s.Select(&rows).Scan(ctx)
	return rows, err
}

// modeOf is how a room is looked after.
func modeOf(ctx context.Context, s tenants.Scope, room string) (Mode, error) {
	rows, err := tenants.Known(ctx, s, choices)
	for _, key := range []string{room, ""} {
		if at := slices.IndexFunc(rows, func(m Mode) bool { return m.Module == key }); at >= 0 {
			return rows[at], err
		}
	}
	return Mode{Mode: After}, err
}

// begin has the service look after its rooms as its area's services begin.
func begin(ctx context.Context, s tenants.Scope, preset areas.Area) error {
	if preset.Waits == (areas.Waits{}) {
		return nil
	}
	now := Mode{Mode: After, Away: preset.Waits.Away, FirstPosts: preset.Waits.First, Unattended: Unattended(preset.Waits.Unattended), Version: 1}
	if preset.Waits.Before {
		now.Mode = Before
	}
	_, err := s.Insert(&now).Exec(ctx)
	return err
}

// Waits is what waits for the team in the service, where a room has no rule of its own.
func Waits(ctx context.Context, s tenants.Scope) (areas.Waits, error) {
	rule, err := modeOf(ctx, s, "")
	return rule.waits(), err
}

func (m Mode) waits() areas.Waits {
	return areas.Waits{Before: m.Mode == Before, Away: m.Away, First: m.FirstPosts, Unattended: string(cmp.Or(m.Unattended, Take))}
}

// mode has posts wait where the room, the hour or the newness of their author says
// so; while nobody is accountable, whatever others would read waits, or is refused.
// Messages between people are left alone, and so is what the team itself writes.
func mode(ctx context.Context, s tenants.Scope, t safety.Text) ([]safety.Finding, error) {
	if t.Private || s.Actor.Roles.Staff() {
		return nil, nil
	}
	rule, err := modeOf(ctx, s, t.Module)
	if err != nil {
		return nil, err
	}
	why := ""
	here, hours := s.Service.Staffing(s.Now)
	alone := !safety.Accountable(s, s.Now)
	switch {
	case alone && rule.Unattended == Refuse:
		if hours != "" {
			hours += ". "
		}
		return nil, fault.Bad("body", "Nobody of the team is here or on call now, so nothing can be posted here. "+hours+"If you need somebody now, use “Get help now” at the top of the page.")
	case alone && rule.Unattended == Hold:
		why = "nobody is on duty or on call"
	case t.Sort != posts.Sort:
	case rule.Mode == Before:
		why = "everything here is read first"
	case rule.Away && !here && hours != "":
		why = "posted while the team is away"
	case rule.FirstPosts > 0:
		seen, err := s.Select((*posts.Post)(nil)).Where("post.author_id = ?", t.Author).Where("post.state = ?", posts.Visible).Where("post.id <> ?", t.Subject).Limit(int64(rule.FirstPosts)).Count(ctx)
		if err != nil {
			return nil, err
		}
		if int(seen) < rule.FirstPosts {
			why = fmt.Sprintf("one of the first %d posts of a member", rule.FirstPosts)
		}
	}
	if why == "" {
		return nil, nil
	}
	return []safety.Finding{{Source: safety.ByMode, Detail: why, Level: safety.Green, Hold: true}}, nil
}

// Room is a room with how it is looked after.
type Room struct {
	Key  string `json:"key"`
	Name string `json:"name"`
	Mode
	// Own says that it does not follow the whole service.
	Own bool `json:"own"`
}

// Modes are the rooms, the whole service first.
type Modes struct {
	Rooms []Room `json:"rooms"`
	Hours string `json:"team_hours,omitempty"`
}

// whole is the address of the service in place of a room.
const whole = "all"

// Modes lists how the rooms are looked after.
func (c Catch) Modes(ctx context.Context, s tenants.Scope, _ web.None) (Modes, error) {
	rows, err := choices(ctx, s)
	if err != nil {
		return Modes{}, err
	}
	find := func(key string) (Mode, bool) {
		at := slices.IndexFunc(rows, func(m Mode) bool { return m.Module == key })
		if at < 0 {
			return Mode{}, false
		}
		return rows[at], true
	}
	all, _ := find("")
	if all.Mode == "" {
		all.Mode = After
	}
	out := Modes{Rooms: []Room{{Key: whole, Name: "The whole service", Mode: all, Own: true}}}
	_, out.Hours = s.Service.Staffing(s.Now)
	for _, room := range c.rooms {
		one := Room{Key: room.Key, Name: room.Name, Mode: all}
		one.Module, one.Version = room.Key, 0
		if own, there := find(room.Key); there {
			one.Mode, one.Own = own, true
		}
		if s.Service.Open(room.Key) {
			out.Rooms = append(out.Rooms, one)
		}
	}
	return out, nil
}

// Choose is how a room is to be looked after. Follow has it be as the whole service is.
type Choose struct {
	Room       string `path:"room"`
	Version    int    `json:"version" validate:"gte=0"`
	Mode       string `json:"mode" validate:"required,oneof=after before follow" label:"what waits"`
	Away       bool   `json:"away"`
	FirstPosts int    `json:"first_posts" validate:"min=0,max=50" label:"a number of posts"`
	Unattended string `json:"unattended,omitempty" validate:"omitempty,oneof=take hold refuse" label:"what happens while nobody is on duty"` // as it was if empty
	tenants.Why
}

// Choose changes how a room is looked after. Conflict if somebody else did since Version.
func (c Catch) Choose(ctx context.Context, s tenants.Scope, in Choose) (Modes, error) {
	was, err := c.Modes(ctx, s, web.None{})
	if err != nil {
		return Modes{}, err
	}
	at := slices.IndexFunc(was.Rooms, func(r Room) bool { return r.Key == in.Room })
	switch {
	case at < 0:
		return Modes{}, fault.Missing()
	case in.Room == whole && in.Mode == "follow":
		return Modes{}, fault.Bad("mode", "Choose what waits in the whole service.")
	case was.Rooms[at].Version != in.Version:
		return Modes{}, fault.Stale()
	}
	now := Mode{Module: was.Rooms[at].Module, Mode: When(in.Mode), Away: in.Away, FirstPosts: in.FirstPosts, Unattended: cmp.Or(Unattended(in.Unattended), was.Rooms[at].Unattended, Take), Version: in.Version + 1}
	if err := now.put(ctx, s, in); err != nil {
		return Modes{}, err
	}
	if err := s.Changed(ctx); err != nil {
		return Modes{}, err
	}
	if err := s.Audit(ctx, "safeguarding.mode", tenants.Audited{Reason: in.Reason, Before: was.Rooms[at], After: now}); err != nil {
		return Modes{}, err
	}
	return c.Modes(ctx, s, web.None{})
}

func (m Mode) put(ctx context.Context, s tenants.Scope, in Choose) (err error) {
	switch {
	case in.Mode == "follow" && in.Version == 0:
		return nil
	case in.Mode == "follow":
		err = tenants.Fresh(s.Delete((*Mode)(nil)).Where("module = ?", m.Module).Where("version = ?", in.Version).Exec(ctx))
	case in.Version == 0:
		err = tenants.Fresh(s.Insert(&m).On("CONFLICT DO NOTHING").Exec(ctx))
	default:
		err = tenants.Fresh(s.Update(&m).Column("mode", "away", "first_posts", "unattended", "version").Where("module = ?", m.Module).Where("version = ?", in.Version).Exec(ctx))
	}
	return err
}

// Apart are the rooms where something else waits than in the whole service.
func Apart(ctx context.Context, s tenants.Scope) (rooms []string, err error) {
	whole, err := Waits(ctx, s)
	if err != nil {
		return nil, err
	}
	rows, err := choices(ctx, s)
	for _, row := range rows {
		if row.Module != "" && row.waits() != whole {
			rooms = append(rooms, row.Module)
		}
	}
	slices.Sort(rooms)
	return rooms, err
}
