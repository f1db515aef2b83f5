package tenants

import (
	"cmp"
	"slices"

	"github.com/sharon-nhs/sharon/internal/markdown"
	"github.com/sharon-nhs/sharon/internal/words"
	"github.com/sharon-nhs/sharon/tenants/areas"
)

// Preset is what a service of an area begins with.
type Preset struct {
	Area    Area         `json:"area"`
	Rooms   []PresetRoom `json:"rooms"`  // that can be switched, in their order
	Topics  []string     `json:"topics"` // what content notes say
	Terms   int          `json:"terms"`  // that are watched for
	Watched []Watched    `json:"watched"`
	List    string       `json:"list"` // the version of the list that they are from
	Staffed []Hours      `json:"staffed"`
	Crisis  []Contact    `json:"crisis"` // to turn to, beside a line of the service's own
	Days    int          `json:"days"`   // that an invitation lasts

	About    string         `json:"about"`    // why it begins so
	Settings []SettingDrift `json:"settings"` // of rooms, that are not as they usually are
	Waits    string         `json:"waits"`    // for the team, in words
	Words    words.Tag      `json:"words"`    // how the interface is put to members
	Figures  bool           `json:"figures"`  // numbers of body, weight, food and exercise are caught
	Notices  string         `json:"notices"`  // when members hear of things, in words
	Boards   []areas.Board  `json:"boards"`
	Gifts    []string       `json:"gifts"`
	Measures []Measure      `json:"measures"` // that clinicians are offered first
	Kept     []PresetKept   `json:"kept"`     // records with bounds of the area's
	Wings    []PresetWing   `json:"wings"`    // that it can be given

	// Texts of the service, as HTML.
	Welcome     string `json:"welcome"`
	WelcomeEasy string `json:"welcome_easy"`
	Rules       string `json:"rules"`
	RulesEasy   string `json:"rules_easy"`
}

// PresetWing is a wing that a service can be given, and whether the preset has it.
type PresetWing struct {
	Key   string `json:"key"`
	Name  string `json:"name"` // after that of the service
	About string `json:"about"`
	On    bool   `json:"on"`
}

// PresetRoom is a room, and whether the preset has it on.
type PresetRoom struct {
	Key   string `json:"key"`
	Name  string `json:"name"`
	About string `json:"about"`
	On    bool   `json:"on"`
}

// Watched is a group of watched terms: where it is from, and what follows.
type Watched struct {
	Name   string   `json:"name"`
	Source string   `json:"source"`
	Many   int      `json:"many"`
	Does   []string `json:"does"`
}

// Measure is a questionnaire; a Licensed one is there once the trust has loaded it.
type Measure struct {
	Name     string `json:"name"`
	Licensed bool   `json:"licensed,omitempty"`
}

// PresetKept is how long a class of records is kept whatever the trust chose, in
// days; zero for no bound.
type PresetKept struct {
	Name  string `json:"name"`
	Least int    `json:"least,omitempty"`
	Most  int    `json:"most,omitempty"`
}

// usualDays is how long an invitation lasts in a new service, and usualHours are
// when its team is there.
const usualDays = 14

var usualHours = []Hours{{Days: days[:5], From: "09:00", To: "17:00"}}

// PresetOf is what a service of an area begins with, so far as the rooms do not say.
func PresetOf(area Area) Preset {
	preset := area.preset()
	out := Preset{
		Area: area, Rooms: []PresetRoom{}, Topics: []string{}, Watched: []Watched{}, Staffed: usualHours, Crisis: Contacts(&Service{Area: area}), Days: usualDays,
		About: preset.About, Settings: []SettingDrift{}, Waits: preset.Waits.Words(), Words: cmp.Or(preset.Words, words.English), Figures: preset.Figures, Notices: areas.NoticesOf(string(area)).Words(),
		Boards: preset.Boards, Gifts: []string{}, Measures: []Measure{}, Kept: []PresetKept{}, Wings: []PresetWing{},
		Welcome: markdown.HTML(preset.Welcome), WelcomeEasy: markdown.HTML(preset.Easy.Welcome), Rules: markdown.HTML(houseRules(preset)), RulesEasy: markdown.HTML(houseRulesEasy(preset)),
	}
	for _, wing := range preset.Offers() {
		out.Wings = append(out.Wings, PresetWing{wing.Key, wing.Name, wing.About, len(preset.Wings) > 0})
	}
	for _, topic := range topicsOf(area) {
		out.Topics = append(out.Topics, topic.Name)
	}
	return out
}

// Drift is how a service differs from what its area begins with.
type Drift struct {
	Service  string         `json:"service"`
	Area     Area           `json:"area"`
	Rooms    []RoomDrift    `json:"rooms"`
	Settings []SettingDrift `json:"settings"`
	Topics   TopicDrift     `json:"topics"`
	Boards   CountDrift     `json:"boards"`
	Gifts    CountDrift     `json:"gifts"`
	Waits    *WaitsDrift    `json:"waits,omitempty"` // nil if the same waits for the team
	Words    [2]words.Tag   `json:"words"`           // how the interface is put to members: at first, and now
	Apart    []string       `json:"apart"`           // rooms where something else waits than in the whole service
	Terms    TermDrift      `json:"terms"`
	Hours    bool           `json:"hours"`  // the team's hours are others
	Crisis   int            `json:"crisis"` // contacts of its own
	Rules    bool           `json:"rules"`  // the house rules are its own
	Welcome  bool           `json:"welcome"`
	Easy     bool           `json:"easy"` // what it says as Easy Read is its own
	Days     [2]int         `json:"days"` // that an invitation lasts: at first, and now
}

// RoomDrift is a room that is on and was not at first, or the other way round.
type RoomDrift struct {
	Name    string `json:"name"`
	On      bool   `json:"on"`                // now
	Matters string `json:"matters,omitempty"` // what that means for people's safety
}

// SettingDrift is a setting of a room that was changed. What somebody wrote in
// words of their own is not told.
type SettingDrift struct {
	Room    string `json:"room"`
	Setting string `json:"setting"`
	First   string `json:"first"`
	Now     string `json:"now"`
	Matters string `json:"matters,omitempty"` // what that means for people's safety
}

// WaitsDrift is what waited for the team at first, and what does now.
type WaitsDrift struct {
	First string `json:"first"`
	Now   string `json:"now"`
}

// TopicDrift are topics that were added, and those not offered any more.
type TopicDrift struct {
	Added []string `json:"added"`
	Gone  []string `json:"gone"`
}

// CountDrift counts what was added, changed or taken away, where its names are a
// service's own words.
type CountDrift struct {
	Added   int `json:"added"`
	Changed int `json:"changed"`
	Gone    int `json:"gone"`
}

// TermDrift counts watched terms: words that a service watches for are its own.
type TermDrift struct {
	Added   int  `json:"added"`
	Changed int  `json:"changed"`
	Retired int  `json:"retired"`
	Newer   bool `json:"newer"` // there is a newer list of the area
}

// DriftOf is how the scope's service differs, so far as the rooms do not say.
func DriftOf(s Scope) Drift {
	now, first := s.Service, PresetOf(s.Service.Area)
	preset := now.Area.preset()
	if now.wing != nil {
		preset = preset.Wing(now.wing.Preset)
	}
	out := Drift{
		Service: now.Name, Area: now.Area, Rooms: []RoomDrift{}, Settings: []SettingDrift{}, Topics: TopicDrift{[]string{}, []string{}}, Apart: []string{},
		Hours:  !slices.EqualFunc(now.Staffed, first.Staffed, func(a, b Hours) bool { return slices.Equal(a.Days, b.Days) && a.From == b.From && a.To == b.To }),
		Crisis: len(now.Crisis), Rules: now.HouseRules != houseRules(preset), Welcome: now.Welcome != preset.Welcome,
		Easy: now.HouseRulesEasy != houseRulesEasy(preset) || now.WelcomeEasy != preset.Easy.Welcome, Days: [2]int{first.Days, now.InvitationDays},
		Words: [2]words.Tag{first.Words, cmp.Or(now.Words, words.English)},
	}
	for _, topic := range now.topics {
		switch usual := slices.Contains(first.Topics, topic.Name); {
		case topic.Offered && !usual:
			out.Topics.Added = append(out.Topics.Added, topic.Name)
		case !topic.Offered && usual:
			out.Topics.Gone = append(out.Topics.Gone, topic.Name)
		}
	}
	return out
}
