package tenants

import "slices"

// Preset is what a service of an area begins with.
type Preset struct {
	Area     Area         `json:"area"`
	Rooms    []PresetRoom `json:"rooms"`  // that can be switched, in their order
	Topics   []string     `json:"topics"` // what content notes say
	Terms    int          `json:"terms"`  // that are watched for
	List     string       `json:"list"`   // the version of the list that they are from
	Staffed  []Hours      `json:"staffed"`
	National []Contact    `json:"national"` // contacts in a crisis that every service has
	Days     int          `json:"days"`     // that an invitation lasts

	About    string         `json:"about"`    // why it begins so
	Settings []SettingDrift `json:"settings"` // of rooms, that are not as they usually are
	Waits    string         `json:"waits"`    // for the team, in words
	Boards   []string       `json:"boards"`
	Gifts    int            `json:"gifts"` // of its own; 0 for the usual ones
	Rules    string         `json:"rules"` // Markdown, before the usual house rules
}

// PresetRoom is a room, and whether the preset has it on.
type PresetRoom struct {
	Key   string `json:"key"`
	Name  string `json:"name"`
	About string `json:"about"`
	On    bool   `json:"on"`
}

// usualDays is how long an invitation lasts in a new service, and usualHours are
// when its team is there.
const usualDays = 14

var usualHours = []Hours{{Days: days[:5], From: "09:00", To: "17:00"}}

// PresetOf is what a service of an area begins with, so far as the rooms do not say.
func PresetOf(area Area) Preset {
	preset := area.preset()
	out := Preset{Area: area, Rooms: []PresetRoom{}, Topics: []string{}, Staffed: usualHours, National: nationalContacts, Days: usualDays,
		About: preset.About, Settings: []SettingDrift{}, Waits: preset.Waits.Words(), Boards: []string{}, Gifts: len(preset.Gifts), Rules: preset.Rules}
	for _, topic := range topicsOf(area) {
		out.Topics = append(out.Topics, topic.Name)
	}
	for _, board := range preset.Boards {
		out.Boards = append(out.Boards, board.Name)
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
	Waits    *WaitsDrift    `json:"waits,omitempty"` // nil if the same waits for the team
	Terms    TermDrift      `json:"terms"`
	Hours    bool           `json:"hours"`  // the team's hours are others
	Crisis   int            `json:"crisis"` // contacts of its own
	Rules    bool           `json:"rules"`  // the house rules are its own
	Days     [2]int         `json:"days"`   // that an invitation lasts: at first, and now
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
	out := Drift{Service: now.Name, Area: now.Area, Rooms: []RoomDrift{}, Settings: []SettingDrift{}, Topics: TopicDrift{[]string{}, []string{}},
		Hours:  !slices.EqualFunc(now.Staffed, first.Staffed, func(a, b Hours) bool { return slices.Equal(a.Days, b.Days) && a.From == b.From && a.To == b.To }),
		Crisis: len(now.Crisis), Rules: now.HouseRules != HouseRules(now.Area), Days: [2]int{first.Days, now.InvitationDays}}
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
