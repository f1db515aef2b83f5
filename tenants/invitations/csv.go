package invitations

import (
	"cmp"
	"io"
	"strings"

	"go.mau.fi/util/confusable"

	"github.com/sharon-nhs/sharon/internal/sheet"
	"github.com/sharon-nhs/sharon/internal/web"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/identity"
)

// mostLines is how many people one list can have.
const mostLines = 500

// Line is a line of a list of people to invite.
type Line struct {
	Number int          `json:"line"` // in the file, the heading being 1
	Email  string       `json:"email"`
	Role   tenants.Role `json:"role"`
	Wrong  string       `json:"wrong,omitempty"` // why this one cannot be invited
	Note   string       `json:"note,omitempty"`  // what to look at twice
	given  identity.Given
}

// table is what a list of people looks like.
var table = sheet.Shape{
	Columns: map[string]string{
		"email": "email", "e-mail": "email", "email address": "email", "email_address": "email",
		"role": "role", "name": "name", "full name": "name", "full_name": "name",
		"date of birth": "born_on", "date_of_birth": "born_on", "dob": "born_on", "born_on": "born_on",
		"nhs number": "nhs_number", "nhs_number": "nhs_number", "nhs": "nhs_number",
		"phone": "phone", "mobile": "phone", "telephone": "phone",
	},
	Needs: "email", NoHeading: "The first line must name the columns, and one of them must be “email”.",
	Most: mostLines, TooMany: "This list has more than 500 people. Split it into smaller files.",
	Empty: "The file has a heading, but nobody below it.",
}

// readLines reads a list. whole says what is wrong with all of it; then there are
// no lines.
func readLines(from io.Reader, usual tenants.Role) (lines []Line, whole string) {
	rows, whole := table.Read(from)
	for _, row := range rows {
		lines = append(lines, readLine(row, usual))
	}
	twice(lines)
	return lines, whole
}

// address holds a line's to the same rule as a form's.
type address struct {
	Email string `validate:"required,email,max=254"`
}

// readLine reads one person.
func readLine(row sheet.Row, usual tenants.Role) Line {
	cells := row.Cells
	line := Line{Number: row.Number, Role: usual, Wrong: row.Wrong}
	for field, value := range cells {
		if formula(value, field) {
			line.Wrong = cmp.Or(line.Wrong, "A value here begins like a formula (= + - @). Write it without.")
			delete(cells, field)
		}
	}
	line.Email = cells["email"]
	if cells["role"] != "" {
		line.Role = roleNamed(cells["role"])
	}
	line.given.Name, line.given.BornOn, line.given.NHSNumber, line.given.Phone = cells["name"], cells["born_on"], cells["nhs_number"], cells["phone"]
	if line.Wrong == "" && web.Validate(address{line.Email}) != nil {
		line.Wrong = "This is not an email address."
	}
	return line
}

// formula tells whether a spreadsheet could carry a value out. A phone may begin with +.
func formula(value, field string) bool {
	return strings.HasPrefix(value, "=") || strings.HasPrefix(value, "@") || strings.HasPrefix(value, "-") || strings.HasPrefix(value, "+") && field != "phone"
}

// roleNamed reads a role by key or by name; one that there is not stays as it was
// written, and is refused with those that nobody may give.
func roleNamed(text string) tenants.Role {
	for _, role := range tenants.ServiceRoles {
		if strings.EqualFold(text, string(role)) || strings.EqualFold(text, role.Name()) {
			return role
		}
	}
	return tenants.Role(text)
}

// twice marks addresses that come again, and those that look like one before.
func twice(lines []Line) {
	seen, looks := map[string]int{}, map[string]int{}
	for i := range lines {
		line := &lines[i]
		if line.Wrong != "" {
			continue
		}
		key := strings.ToLower(line.Email)
		look := confusable.Skeleton(key)
		if before, again := seen[key]; again {
			line.Wrong = "This address is in line " + number(before) + " already."
			continue
		}
		if before, like := looks[look]; like {
			line.Note = "This looks like the address in line " + number(before) + ". Check that both are right."
		}
		seen[key], looks[look] = line.Number, line.Number
	}
}
