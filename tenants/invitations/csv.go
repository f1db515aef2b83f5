package invitations

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"go.mau.fi/util/confusable"

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

// columns are what the heading of a column may be called.
var columns = map[string]string{
	"email": "email", "e-mail": "email", "email address": "email", "email_address": "email",
	"role": "role", "name": "name", "full name": "name", "full_name": "name",
	"date of birth": "born_on", "date_of_birth": "born_on", "dob": "born_on", "born_on": "born_on",
	"nhs number": "nhs_number", "nhs_number": "nhs_number", "nhs": "nhs_number",
	"phone": "phone", "mobile": "phone", "telephone": "phone",
}

// readLines reads a list: CSV with a heading, separated by commas, semicolons or
// tabs, in UTF-8. whole says what is wrong with all of it; then there are no lines.
func readLines(from io.Reader, usual tenants.Role) (lines []Line, whole string) {
	in := bufio.NewReader(from)
	start, _ := in.Peek(4)
	switch {
	case bytes.HasPrefix(start, []byte("PK\x03\x04")), bytes.HasPrefix(start, []byte("\xd0\xcf\x11\xe0")):
		return nil, "This is a spreadsheet. In your spreadsheet program choose “Save as”, then “CSV UTF-8”."
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")), bytes.IndexByte(start, 0) >= 0:
		return nil, notUTF8
	case bytes.HasPrefix(start, []byte("\xef\xbb\xbf")):
		_, _ = in.Discard(3)
	}
	heading, err := in.Peek(1000)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, "The file could not be read. Choose it again."
	}
	reader := csv.NewReader(in)
	reader.Comma, reader.FieldsPerRecord, reader.TrimLeadingSpace = separator(heading), -1, true
	names, err := reader.Read()
	if errors.Is(err, io.EOF) {
		return nil, "The file is empty."
	}
	fields, whole := headings(names)
	if err != nil || whole != "" {
		if !utf8.Valid(heading) && len(heading) < 1000 {
			whole = notUTF8
		}
		return nil, first(whole, noHeading)
	}
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			lines = append(lines, Line{Number: broken.StartLine, Wrong: "The quotation marks in this line do not match."})
		} else if err != nil {
			return nil, "The file could not be read. Choose it again."
		} else if strings.TrimSpace(strings.Join(record, "")) != "" {
			number, _ := reader.FieldPos(0)
			lines = append(lines, readLine(number, record, fields, usual))
		}
		if len(lines) > mostLines {
			return nil, "This list has more than 500 people. Split it into smaller files."
		}
	}
	if len(lines) == 0 {
		return nil, "The file has a heading, but nobody below it."
	}
	twice(lines)
	return lines, ""
}

const (
	notUTF8   = "This file is not in UTF-8. In your spreadsheet program choose “Save as”, then “CSV UTF-8”."
	noHeading = "The first line must name the columns, and one of them must be “email”."
)

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// separator is what the heading's columns are separated by.
func separator(heading []byte) rune {
	line, _, _ := bytes.Cut(heading, []byte("\n"))
	best := ','
	for _, r := range []rune{';', '\t'} {
		if bytes.Count(line, []byte(string(r))) > bytes.Count(line, []byte(string(best))) {
			best = r
		}
	}
	return best
}

// headings says which field each column is; empty for one that is passed by.
func headings(names []string) (fields []string, whole string) {
	seen := map[string]bool{}
	for _, name := range names {
		field := columns[strings.ToLower(strings.TrimSpace(name))]
		if field != "" && seen[field] {
			return nil, "Two columns have the same heading. Name each column once."
		}
		seen[field] = true
		fields = append(fields, field)
	}
	if !seen["email"] {
		return nil, noHeading
	}
	return fields, ""
}

// address holds a line's to the same rule as a form's.
type address struct {
	Email string `validate:"required,email,max=254"`
}

// readLine reads one person.
func readLine(number int, record, fields []string, usual tenants.Role) Line {
	line := Line{Number: number, Role: usual}
	if len(record) > len(fields) {
		line.Wrong = "This line has more columns than the heading."
		record = record[:len(fields)]
	}
	for i, value := range record {
		value = strings.TrimSpace(value)
		switch {
		case !utf8.ValidString(value):
			line.Wrong = first(line.Wrong, "This line is not in UTF-8. Save the file as “CSV UTF-8”.")
			continue
		case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\u200b' || r == '\ufeff' }):
			line.Wrong = first(line.Wrong, "This line has characters that do not show. Type it again.")
			continue
		case formula(value, fields[i]):
			line.Wrong = first(line.Wrong, "A value here begins like a formula (= + - @). Write it without.")
			continue
		}
		switch fields[i] {
		case "email":
			line.Email = value
		case "role":
			if value != "" {
				line.Role = roleNamed(value)
			}
		case "name":
			line.given.Name = value
		case "born_on":
			line.given.BornOn = value
		case "nhs_number":
			line.given.NHSNumber = value
		case "phone":
			line.given.Phone = value
		}
	}
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
