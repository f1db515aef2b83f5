package signin

import "github.com/sharon-nhs/sharon/internal/fault"

// Lack is what a session is still short of before it opens anything.
type Lack int

// What can be lacking.
const (
	Nothing Lack = iota
	ACode        // the account has an app, and no code of it was given yet
	AFactor      // somebody of a team has nothing but a password
)

// LackOf is what a session is short of. Two factors shown lack nothing; a password
// alone does for somebody on no team who has set up no more.
func LackOf(strong, app, team bool, rule Sessions) Lack {
	switch {
	case strong:
		return Nothing
	case app:
		return ACode
	case team && !rule.OneFactor:
		return AFactor
	}
	return Nothing
}

// Refusal is what such a session gets from every page but those for arriving; nil
// if it lacks nothing.
func (l Lack) Refusal() error {
	switch l {
	case ACode:
		return fault.New(fault.CodeNeeded, "You are not quite signed in yet: type the code from your app first.")
	case AFactor:
		return fault.New(fault.FactorNeeded, "People who work here need a second step to sign in. Set it up first.")
	}
	return nil
}
