package invitations

import (
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/sharon-nhs/sharon/tenants"
)

func TestAListIsReadAsPeopleSaveIt(t *testing.T) {
	for name, text := range map[string]string{
		"commas":          "email,role,name\nsam@example.com,carer,Sam\nalex@example.com,,\n",
		"a BOM":           "\ufeffemail,role,name\nsam@example.com,carer,Sam\nalex@example.com,,\n",
		"semicolons":      "Email;Role;Name\nsam@example.com;Relative or carer;Sam\nalex@example.com;;\n",
		"tabs":            "E-mail\tRole\tFull name\nsam@example.com\tCARER\tSam\nalex@example.com\t\t\n",
		"Windows":         "email,role,name\r\nsam@example.com,carer,Sam\r\n\r\nalex@example.com,,\r\n",
		"quotes":          "email,role,name\n\"sam@example.com\",\"carer\",\"Sam, \"\"the cat\"\"\"\nalex@example.com\n",
		"a column passed": "id,email,role,name\n7,sam@example.com,carer,Sam\n8,alex@example.com,,\n",
		"no last newline": "email,role\nsam@example.com,carer\nalex@example.com,",
	} {
		lines, whole := readLines(strings.NewReader(text), tenants.Waiting)
		if whole != "" || len(lines) != 2 || lines[0].Wrong+lines[1].Wrong != "" || lines[0].Email != "sam@example.com" || lines[0].Role != tenants.Carer || lines[1].Role != tenants.Waiting {
			t.Errorf("%s: %q %+v", name, whole, lines)
		}
	}
}

func utf16le(text string) string {
	out := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(text)) {
		out = append(out, byte(unit), byte(unit>>8))
	}
	return string(out)
}

func TestAListThatWillNotDoIsToldWhy(t *testing.T) {
	for name, c := range map[string]struct{ text, words string }{
		"nothing":            {"", "empty"},
		"a heading only":     {"email,role\n", "nobody below"},
		"no heading":         {"sam@example.com,carer\n", "name the columns"},
		"no email":           {"name,role\nSam,carer\n", "name the columns"},
		"a heading twice":    {"email,e-mail\na@example.com,b@example.com\n", "same heading"},
		"UTF-16":             {utf16le("email,role\nsam@example.com,carer\n"), "not in UTF-8"},
		"a spreadsheet":      {"PK\x03\x04\x14\x00\x06\x00", "spreadsheet"},
		"an old spreadsheet": {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "spreadsheet"},
		"100,000 lines":      {"email\n" + strings.Repeat("sam@example.com\n", 100_000), "more than 500"},
		"Latin-1 heading":    {"email;pr\xe9nom\xff\n", "nobody below"},
	} {
		if lines, whole := readLines(strings.NewReader(c.text), tenants.ServiceUser); len(lines) > 0 || !strings.Contains(whole, c.words) {
			t.Errorf("%s: %q %d lines", name, whole, len(lines))
		}
	}
}

func TestALineThatWillNotDoIsToldWhy(t *testing.T) {
	const head = "email,name,date of birth,phone\nfirst@example.com,,,\n"
	for name, c := range map[string]struct{ line, wrong, note string }{
		"right":                {"sam@example.com,Sam,17/05/1990,+44 7700 900123", "", ""},
		"no address":           {",Sam,,", "not an email address", ""},
		"half an address":      {"sam@,Sam,,", "not an email address", ""},
		"no domain":            {"sam@example,,,", "not an email address", ""},
		"a name and address":   {"Sam <sam@example.com>,,,", "not an email address", ""},
		"twice":                {"First@Example.com,,,", "in line 2 already", ""},
		"a formula":            {"sam@example.com,\"=HYPERLINK(\"\"http://x\"\")\",,", "like a formula", ""},
		"a formula with minus": {"sam@example.com,-2+3,,", "like a formula", ""},
		"a formula with at":    {"@SUM(A1),,,", "like a formula", ""},
		"a formula with plus":  {"+sam@example.com,,,", "like a formula", ""},
		"Latin-1":              {"sam@example.com,Zo\xeb,,", "not in UTF-8", ""},
		"hidden letters":       {"s\u200bam@example.com,,,", "do not show", ""},
		"a broken quote":       {"\"sam@example.com,,,", "quotation marks", ""},
		"too many columns":     {"sam@example.com,Sam,,,,,more", "more columns", ""},
		"looks like another":   {"f1rst@example.com,,,", "", ""},
		"l and 1":              {"flrst@exampIe.com,,,", "", ""},
	} {
		lines, whole := readLines(strings.NewReader(head+c.line+"\n"), tenants.ServiceUser)
		if whole != "" || len(lines) != 2 {
			t.Errorf("%s: %q %+v", name, whole, lines)
			continue
		}
		if last := lines[1]; c.wrong == "" && last.Wrong != "" || c.wrong != "" && !strings.Contains(last.Wrong, c.wrong) || last.Number != 3 {
			t.Errorf("%s: %+v", name, last)
		}
	}
	lines, _ := readLines(strings.NewReader("email\npaypal@example.com\npaypa1@example.com\n"), tenants.ServiceUser)
	if lines[1].Wrong != "" || !strings.Contains(lines[1].Note, "line 2") {
		t.Errorf("an address that looks like another: %+v", lines[1])
	}
}

func FuzzList(f *testing.F) {
	for _, seed := range []string{"email,role\nsam@example.com,carer\n", "\ufeffE-mail;Name\n\"a\"\"b\";=1\n", "email\n\"", "PK\x03\x04", "email\n\xff\n", "email\temail\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines, whole := readLines(strings.NewReader(text), tenants.ServiceUser)
		if (whole == "") == (len(lines) == 0) || len(lines) > mostLines {
			t.Errorf("%d lines and %q", len(lines), whole)
		}
		for _, line := range lines {
			if line.Wrong == "" && (!strings.Contains(line.Email, "@") || strings.ContainsAny(line.Email[:1], "=+-@")) {
				t.Errorf("%q is taken for an address", line.Email)
			}
		}
	})
}
