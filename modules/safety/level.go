package safety

import (
	"slices"
	"time"

	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
)

// Level is how much something matters, and with it how soon somebody must look.
type Level string

// The levels, the gravest first.
const (
	Crisis Level = "crisis"
	Red    Level = "red"
	Amber  Level = "amber"
	Green  Level = "green"
)

// Levels are all of them, the gravest first.
var Levels = []Level{Crisis, Red, Amber, Green}

var levelNames = map[Level]string{Crisis: "Crisis", Red: "Red", Amber: "Amber", Green: "Green"}

// Name is the level in words.
func (l Level) Name() string { return levelNames[l] }

// Tint is the class that colours what is of the level.
func (l Level) Tint() string { return tints[l] }

var tints = map[Level]string{"": "tag--plain", Crisis: "tag--crisis", Red: "tag--danger", Amber: "tag--warn", Green: "tag--plain"}

// rank is 0 for the gravest; what is no level comes last.
func (l Level) rank() int {
	if at := slices.Index(Levels, l); at >= 0 {
		return at
	}
	return len(Levels)
}

// Graver is the graver of two levels.
func (l Level) Graver(other Level) Level {
	if other.rank() < l.rank() {
		return other
	}
	return l
}

// Urgent tells whether somebody is called for it at any hour.
func (l Level) Urgent() bool { return l == Crisis || l == Red }

// Key is that of the room whose settings these are.
const Key = "safeguarding"

// Settings are how a service keeps watch. The figures that it begins with are
// those of the field: see "Moderation and safety" of the domain.
type Settings struct {
	CrisisMinutes   int `json:"crisis_minutes" label:"Minutes until a crisis must be acknowledged" validate:"min=1,max=60"`
	RedMinutes      int `json:"red_minutes" label:"Minutes until a red item must be acknowledged" validate:"min=5,max=240"`
	AmberHours      int `json:"amber_hours" label:"Staffed hours until an amber item must be decided" validate:"min=1,max=48"`
	GreenHours      int `json:"green_hours" label:"Staffed hours until a green item must be decided" validate:"min=1,max=168"`
	HeldHours       int `json:"held_hours" label:"Staffed hours until a held post must be decided" validate:"min=1,max=24"`
	UnansweredHours int `json:"unanswered_hours" label:"Hours without a human reply until a post is shown to peer supporters" validate:"min=1,max=72"`
	FlagsOnPost     int `json:"flags_on_post" label:"Reports that take one post out of sight until the team has looked" hint:"0 for never." validate:"min=0,max=20"`
	PostsInMinutes  int `json:"posts_in_minutes" label:"Posts of one member within ten minutes before the team is told" hint:"Half as many of somebody new wait for the team. 0 for never." validate:"min=0,max=200"`
	StrangersInHour int `json:"strangers_in_hour" label:"New people whom a member writes to within an hour before the team is told" hint:"Half as many by somebody new wait for the team. 0 for never." validate:"min=0,max=50"`
	NewDays         int `json:"new_days" label:"Days for which a member is new" validate:"min=0,max=90"`
	FlagsOnMember   int `json:"flags_on_member" label:"Reports of one member within a week that have their new posts wait for the team" hint:"0 for never." validate:"min=0,max=50"`
	// What the team's own people are spared.
	CareWeight  int    `json:"care_weight" label:"How much somebody of the team reads in one shift before they are asked how they are" hint:"A crisis counts 5, red 3, amber 2 and green 1. 0 for never." validate:"min=0,max=500"`
	CareContact string `json:"care_contact" label:"Whom the team can talk to after something hard" validate:"max=200"`
}

// Defaults are the settings that a service begins with.
var Defaults = Settings{
	CrisisMinutes: 10, RedMinutes: 30, AmberHours: 4, GreenHours: 24, HeldHours: 2, UnansweredHours: 12, FlagsOnPost: 3, FlagsOnMember: 5,
	CareWeight: 30, CareContact: "your service lead or your supervisor",
	PostsInMinutes: 20, StrangersInHour: 6, NewDays: 7,
}

// SettingsOf are those of the service.
func SettingsOf(s tenants.Scope) Settings { return modules.Tune(s, Key, Defaults) }

// due is when somebody must have looked at something of a level that was raised
// now. A crisis and a red item run by the clock, the others in staffed hours.
func (x Settings) due(s tenants.Scope, level Level, held bool) time.Time {
	switch level {
	case Crisis:
		return s.Now.Add(time.Duration(x.CrisisMinutes) * time.Minute)
	case Red:
		return s.Now.Add(time.Duration(x.RedMinutes) * time.Minute)
	}
	hours := x.GreenHours
	if level == Amber {
		hours = x.AmberHours
	}
	if held {
		hours = min(hours, x.HeldHours)
	}
	return s.Service.InStaffedHours(s.Now, time.Duration(hours)*time.Hour)
}
