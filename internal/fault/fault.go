// Package fault is the one error type of SHaRON: a code, a message that is
// safe to show to a member, and the cause for the log. Statuses of HTTP live
// in internal/web; anything that is not a *fault.Error counts as Internal.
package fault

import (
	"errors"
	"fmt"
)

// Code says what kind of thing went wrong, so that every face (page, API,
// worker) can answer in its own way.
type Code string

// The codes. A code is part of the API: problem details carry it.
const (
	Malformed       Code = "malformed"        // cannot be read at all: broken JSON, broken UTF-8
	Invalid         Code = "invalid"          // read, but a field breaks a rule
	Unauthenticated Code = "unauthenticated"  // sign in first
	Forbidden       Code = "forbidden"        // signed in, but not allowed
	Suspended       Code = "suspended"        // signed in, but for a time not to write to others
	CodeNeeded      Code = "code_needed"      // signed in by half: the second factor is still to be given
	FactorNeeded    Code = "factor_needed"    // signed in, but work here needs a second factor to be set up
	ProofNeeded     Code = "proof_needed"     // allowed, once the person shows again that it is them
	Locked          Code = "locked"           // signed in, and shut by the person's own lock until they open it
	NotFound        Code = "not_found"        // is not there, or not for you: the same answer
	Conflict        Code = "conflict"         // somebody was faster: a stale edit, a name taken
	Limited         Code = "limited"          // too many, too soon
	TooLarge        Code = "too_large"        // body over the limit
	Unsupported     Code = "unsupported_type" // content type that nobody reads here
	NoMethod        Code = "no_method"        // the address exists, the method does not
	Unavailable     Code = "unavailable"      // a part that we need does not answer
	Closed          Code = "closed"           // this community lets nobody in, by decision
	Internal        Code = "internal"         // ours to mend
)

// Field is what is wrong with one input field. Name is the field's name in
// the form and in JSON.
type Field struct {
	Name    string `json:"name"`
	Message string `json:"message"`
}

// Error carries a code, a message for people and, for the log only, a cause.
type Error struct {
	Code    Code
	Message string
	Fields  []Field
	Cause   error
	// RetryAfter is in seconds; zero says nothing about when to try again.
	RetryAfter int
}

func (e *Error) Error() string {
	if e.Cause != nil {
		return fmt.Sprintf("%s: %s: %v", e.Code, e.Message, e.Cause)
	}
	return fmt.Sprintf("%s: %s", e.Code, e.Message)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// New makes an error with a message that is safe to show.
func New(code Code, message string) *Error { return &Error{Code: code, Message: message} }

// Wrap makes an error with a cause that only the log sees.
func Wrap(code Code, message string, cause error) *Error {
	return &Error{Code: code, Message: message, Cause: cause}
}

// Missing is the one answer for what does not exist, belongs to another trust
// or is closed to the asker, so that nobody can tell these apart.
func Missing() *Error { return New(NotFound, "We could not find that page.") }

// Bad is an Invalid error about one field.
func Bad(field, message string) *Error {
	return &Error{Code: Invalid, Message: "Some of what you entered needs a change.", Fields: []Field{{field, message}}}
}

// Stale is the conflict of two people, or two tabs, who edit one thing.
func Stale() *Error {
	return New(Conflict, "This changed while you were writing, perhaps in another tab. Your words are kept below: look at what changed, then save again.")
}

// CodeOf returns the code of err, Internal for anything unknown.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}

// Is tells whether err has the code.
func Is(err error, code Code) bool { return err != nil && CodeOf(err) == code }
