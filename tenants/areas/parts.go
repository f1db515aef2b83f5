package areas

import (
	"fmt"
	"strings"
)

// Notices are when members hear of things, unless they chose otherwise. Without a
// digest the usual ones count.
type Notices struct {
	// Gentle services send at once what is near to somebody, and nothing else.
	Gentle bool `yaml:"gentle"`
	// Quiet hours, as 21:00; empty for none.
	QuietFrom string `yaml:"quiet_from"`
	QuietTo   string `yaml:"quiet_to"`
	Digest    string `yaml:"digest"` // off, daily or weekly
}

// UsualNotices are those of an area that says nothing of them.
var UsualNotices = Notices{QuietFrom: "22:00", QuietTo: "07:00", Digest: "daily"}

// NoticesOf are an area's notices; the usual ones if there is no such area.
func NoticesOf(key string) Notices {
	if area, _ := Of(key); area.Notices.Digest != "" {
		return area.Notices
	}
	return UsualNotices
}

// Words say when members hear of things.
func (n Notices) Words() string {
	words := "Members hear of what concerns them as it happens."
	if n.Gentle {
		words = "Members hear at once of messages and of what the team tells them, and of nothing else."
	}
	if n.QuietFrom == n.QuietTo {
		words += " There are no quiet hours."
	} else {
		words += fmt.Sprintf(" Nothing is sent from %s to %s.", n.QuietFrom, n.QuietTo)
	}
	return words + digests[n.Digest] + " Each member can choose otherwise."
}

var digests = map[string]string{
	"off":    " There is no digest.",
	"daily":  " The rest comes in a digest, once a day.",
	"weekly": " The rest comes in a digest, once a week.",
}

// Bounds are how long a class of records is kept at least and at most, in days;
// zero for no bound.
type Bounds struct {
	Least int `yaml:"least"`
	Most  int `yaml:"most"`
}

// Of is a number of days within the bounds.
func (b Bounds) Of(days int) int {
	if b.Most > 0 {
		days = min(days, b.Most)
	}
	return max(days, b.Least)
}

// Helpline is somebody to turn to in a crisis. Source is where the number is
// published, Checked the day on which it was last compared with what is published.
type Helpline struct {
	Name    string `yaml:"name"`
	Phone   string `yaml:"phone"`
	Text    string `yaml:"text"`
	Word    string `yaml:"word"` // what to text
	Hours   string `yaml:"hours"`
	Source  string `yaml:"source"`
	Checked string `yaml:"checked"` // 2026-11-23
}

// Easy are texts as Easy Read: short sentences, a thought each.
type Easy struct {
	Rules   string `yaml:"rules"` // before the usual ones
	Welcome string `yaml:"welcome"`
}

// AnyTime tells whether somebody answers at any hour.
func (l Helpline) AnyTime() bool { return strings.HasPrefix(l.Hours, "Any time") }
