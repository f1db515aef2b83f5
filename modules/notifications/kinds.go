package notifications

import (
	"slices"
	"strings"
	"time"

	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/areas"
)

// When says how soon a channel tells of something.
type When string

// At once, with the next digest, or never.
const (
	Now    When = "now"
	Digest When = "digest"
	Off    When = "off"
)

// Channel is a way to a member.
type Channel string

// The channels. App is the room's own page.
const (
	App   Channel = "app"
	Email Channel = "email"
	Push  Channel = "push"
	Text  Channel = "text"
)

// channels are all there are, with what each can do.
var channels = []struct {
	Channel
	name  string
	whens []When
}{
	{App, "Here, among your notices", []When{Now, Off}},
	{Email, "By email", []When{Now, Digest, Off}},
	{Push, "On your devices", []When{Now, Off}},
	{Text, "By text message", []When{Now, Off}},
}

// kind is a sort of notice. Every word that leaves the app is in this table:
// none of them says what was written, by whom, or in which service.
type kind struct {
	key, name string
	// titled and bare are the sentence in the app, with a title and without one.
	titled, bare string
	// outside is the whole of what an email's subject or a browser's notice says.
	outside   string
	one, many string // in a digest's count
	// ofPost says that the subject is a post, and who may read that may know of it.
	ofPost bool
	// near is what a gentle service still sends at once.
	near        bool
	email, push When
	// always passes every preference and quiet hours.
	always bool
	// team says that only the team is ever told: nobody else need choose.
	team bool
}

var kinds = []kind{
	{key: "reply", name: "Replies to what you follow", titled: "{who} replied in {title}", bare: "{who} replied", outside: "You have a new reply", one: "new reply", many: "new replies", ofPost: true, email: Digest, push: Off},
	{key: "mention", name: "When somebody names you", titled: "{who} named you in {title}", bare: "{who} named you", outside: "Somebody named you", one: "mention", many: "mentions", ofPost: true, email: Digest, push: Now},
	{key: "reaction", name: "Reactions to what you wrote", titled: "{who} reacted to {title}", bare: "{who} reacted to what you wrote", outside: "Somebody is with you", one: "reaction", many: "reactions", ofPost: true, email: Off, push: Off},
	{key: "gift", name: "Gifts", bare: "{who} sent you a gift", outside: "You have a new gift", one: "gift", many: "gifts", email: Digest, push: Now},
	{key: "message", name: "Messages", bare: "{who} sent you a message", outside: "You have a new message", one: "message", many: "messages", near: true, email: Now, push: Now},
	{key: "friend_post", name: "When a friend writes something", titled: "{who} wrote {title}", bare: "{who} wrote something", outside: "A friend wrote something", one: "post by a friend", many: "posts by friends", ofPost: true, email: Digest, push: Off},
	{key: "friend_ask", name: "When somebody asks to be friends", bare: "{who} would like to be friends", outside: "Somebody would like to be your friend", one: "question about friendship", many: "questions about friendship", email: Digest, push: Off},
	{key: "friend_yes", name: "When somebody says yes to being friends", bare: "{who} said yes: you are friends now", outside: "You have a new friend", one: "new friend", many: "new friends", email: Digest, push: Off},
	{key: "staff_notice", name: "News from the team", titled: "{who} from the team wrote {title}", bare: "{who} from the team wrote something", outside: "There is news from the team", one: "notice from the team", many: "notices from the team", ofPost: true, email: Digest, push: Off},
	{key: "report", name: "When a member reports something", bare: "{who} reported something", outside: "The team is asked to look at something", one: "report", many: "reports", near: true, email: Now, push: Now, team: true},
	{key: "desk", name: "When something waits at the safeguarding desk", bare: "Something waits at the safeguarding desk", outside: "The team is asked to look at something", one: "thing at the desk", many: "things at the desk", near: true, email: Digest, push: Now, team: true},
	{key: "desk_handed", name: "When a colleague hands you something at the desk", bare: "{who} handed you something at the safeguarding desk", outside: "A colleague handed you something", one: "thing handed to you", many: "things handed to you", near: true, email: Now, push: Now, team: true},
	{key: "desk_urgent", name: "When something urgent waits at the safeguarding desk", bare: "Something urgent waits at the safeguarding desk", outside: "The team is needed now", one: "urgent thing at the desk", many: "urgent things at the desk", near: true, email: Off, push: Now, team: true},
	{key: "case", name: "When a case needs you", bare: "There is news of a case that is yours, or that needs you", outside: "The team is asked to look at something", one: "case to look at", many: "cases to look at", near: true, email: Now, push: Now, team: true},
	{key: "reminder", name: "Reminders", bare: "Something that you asked to be reminded of begins soon", outside: "This is a reminder", one: "reminder", many: "reminders", email: Off, push: Now},
	{key: "own_reminder", name: "Reminders that you set for yourself", bare: "You asked to be reminded at this hour", outside: "This is a reminder", one: "reminder of your own", many: "reminders of your own", email: Off, push: Now},
	{key: "measure", name: "When your team asks you some questions", bare: "Your team asks you to fill something in", outside: "You have something to fill in", one: "thing to fill in", many: "things to fill in", email: Digest, push: Now},
	{key: "survey", name: "When your service asks what you think", bare: "Your service would like to know what you think", outside: "You are asked what you think", one: "survey", many: "surveys", email: Digest, push: Off},
	{key: "kept_back", name: "When something that you planned could not be published", bare: "Something that you planned could not be published. It is among your drafts", outside: "Something that you planned needs a look", one: "plan to look at", many: "plans to look at", email: Digest, push: Now},
	{key: "review", name: "When something that you look after is due for a look", bare: "Something in the library that you look after is due for a look", outside: "Something is due for a look", one: "thing to look at again", many: "things to look at again", email: Digest, push: Off, team: true},
	{key: "needs", name: "When what somebody needs is due for a look", bare: "It is time to ask somebody again how to tell them things", outside: "Something is due for a look", one: "person to ask again", many: "people to ask again", email: Digest, push: Off, team: true},
	{key: "change", name: "When a live session that you wait for changes", bare: "A live session that you asked to be reminded of has moved or is cancelled", outside: "Something that you wait for has changed", one: "change of plan", many: "changes of plan", near: true, email: Now, push: Now},
	{key: "video", name: "When a video that you sent is ready", bare: "A video that you sent is ready, or needs a look from you", outside: "Something that you sent is ready", one: "video of yours", many: "videos of yours", email: Off, push: Now},
	{key: "held", name: "When something that you wrote waits for the team", bare: "Something that you wrote waits for the team to look at it", outside: "Something that you wrote waits for the team", one: "post that waits", many: "posts that wait", email: Digest, push: Off},
	{key: "moderation", name: "When the team has looked at something of yours", bare: "The team has looked at something of yours", outside: "The team has an answer for you", one: "answer from the team", many: "answers from the team", near: true, email: Now, push: Off},
	{key: "standing", name: "When something changes about where you stand", bare: "There is news about where you stand here", outside: "The team has something to tell you", one: "news about where you stand", many: "news about where you stand", near: true, email: Now, push: Off},
	{key: "moving_on", name: "When members will soon be too old for their wing", bare: "Somebody will soon be too old for this wing, or belongs in another", outside: "The team is asked to look at something", one: "news of who moves on", many: "news of who moves on", email: Digest, push: Off, team: true},
	{key: "next_place", name: "When the team tells you where you go next", bare: "There is news about the place that you go to next", outside: "The team has something to tell you", one: "news about your next place", many: "news about your next place", near: true, email: Now, push: Off},
	{key: "check_in", name: "When we would like to know how you are", bare: "Something you may have read was hard. How are you?", outside: "We would like to know how you are", one: "question how you are", many: "questions how you are", email: Off, push: Off},
	{key: "pulse", name: "When it is time for a check-in", bare: "It is time for a check-in. How are you?", outside: "We would like to know how you are", one: "check-in", many: "check-ins", near: true, email: Now, push: Now},
	{key: "rota_gap", name: "Gaps in the rota", bare: "There will be a time at which nobody is on duty or on call", outside: "The rota needs a look", one: "gap in the rota", many: "gaps in the rota", email: Now, push: Now, always: true, team: true},
	{key: "rota_swap", name: "When shifts are swapped", bare: "There is news about swapping a shift", outside: "There is news about a shift", one: "news about a shift", many: "news about shifts", near: true, email: Now, push: Now, team: true},
	{key: "safety_notice", name: "Safety notices", bare: "The team has something important to tell you", outside: "You have an important message", one: "safety notice", many: "safety notices", email: Now, push: Now, always: true},
}

// kindOf finds a kind by its key.
func kindOf(key string) (kind, bool) {
	if key == paged.key {
		return paged, true
	}
	at := slices.IndexFunc(kinds, func(k kind) bool { return k.key == key })
	if at < 0 {
		return kind{}, false
	}
	return kinds[at], true
}

// apart are the kinds that are about something else than a post.
var apart = func() (keys []string) {
	for _, k := range kinds {
		if !k.ofPost {
			keys = append(keys, k.key)
		}
	}
	return keys
}()

// unfailing are the kinds that nothing keeps from anybody.
var unfailing = func() (keys []string) {
	for _, k := range kinds {
		if k.always {
			keys = append(keys, k.key)
		}
	}
	return keys
}()

// says is the sentence in the app.
func (k kind) says(who, title string) string {
	sentence := k.titled
	if title == "" || sentence == "" {
		sentence = k.bare
	}
	return strings.NewReplacer("{who}", who, "{title}", title).Replace(sentence)
}

// habits are how a service of an area begins: what a member has who never chose.
type habits struct {
	gentle             bool // sends at once what is near, and nothing else
	quietFrom, quietTo int  // minutes after midnight
	digest             string
}

// habitsOf are those of an area.
func habitsOf(area tenants.Area) habits {
	preset := areas.NoticesOf(string(area))
	return habits{preset.Gentle, minute(preset.QuietFrom), minute(preset.QuietTo), preset.Digest}
}

// minute is an hour such as 21:00 in minutes after midnight; 0 for none.
func minute(hour string) int {
	at, _ := time.Parse("15:04", hour) // whether it is one is known since the presets were read
	return at.Hour()*60 + at.Minute()
}

// when is how soon a channel tells of a kind, unless the member chose otherwise.
func (h habits) when(k kind, c Channel) When {
	var when When
	switch c {
	case App:
		return Now
	case Email:
		when = k.email
	case Push:
		when = k.push
	case Text:
		if when = Off; k.always { // texts cost money and wake people: nobody gets them who did not ask
			when = Now
		}
	}
	switch {
	case !h.gentle || k.always || k.near || when == Off:
		return when
	case c == Email && h.digest != "off":
		return Digest
	}
	return Off
}
