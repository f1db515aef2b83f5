package signin

// CodeForm asks for the page of the second step.
type CodeForm struct {
	Next string `json:"next" validate:"max=4000"`
}

// Code is the second step of signing in: a code from the app, or a recovery code.
type Code struct {
	Code string `json:"code" validate:"required,max=40" label:"your code"`
	Next string `json:"next,omitempty" validate:"max=4000"`
}

// NewFactor asks for the page on which an app is set up. Setup is that of a form
// which was refused.
type NewFactor struct {
	Setup string `json:"setup" validate:"max=1000"`
	Next  string `json:"next" validate:"max=4000"`
}

// Setting is that page.
type Setting struct {
	SetUp
	Demanded bool `json:"demanded"` // there is no way around it
}

// SetFactor is the first code of an app.
type SetFactor struct {
	Setup string `json:"setup" validate:"required,max=1000"`
	Code  string `json:"code" validate:"required,max=40" label:"the code that the app shows"`
	Next  string `json:"next,omitempty" validate:"max=4000"`
}
