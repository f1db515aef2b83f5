package identity

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// plain is text without what blanks surround or repeat.
func plain(text string) string { return strings.Join(strings.Fields(text), " ") }

// gaps are what people put between the digits of a number.
var gaps = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "", "\u00a0", "")

// nhsNumber reads an NHS number: ten digits of which the last checks the others
// (modulus 11). Source: datadictionary.nhs.uk/attributes/nhs_number.html.
func nhsNumber(text string) (number, complaint string) {
	number = gaps.Replace(strings.TrimSpace(text))
	if len(number) != 10 || strings.Trim(number, "0123456789") != "" {
		return "", "An NHS number has 10 digits, like 999 876 5439."
	}
	if !checked(number) {
		return "", "Check the NHS number: one of its digits is not right."
	}
	return number, ""
}

// checked weighs the first nine digits with 10 to 2 and compares with the tenth.
func checked(number string) bool {
	sum := 0
	for i := range 9 {
		sum += int(number[i]-'0') * (10 - i)
	}
	check := (11 - sum%11) % 11 // 10 is no digit: such numbers are not given out
	return check == int(number[9]-'0') && strings.Trim(number, number[:1]) != ""
}

var datePart = regexp.MustCompile(`[0-9]+|[A-Za-z]+`)

// birth reads a date of birth: 17 5 1990, 17/05/1990, 17 May 1990 or 1990-05-17.
func birth(text string, now time.Time) (date, complaint string) {
	const how = "Write a date of birth like 17 5 1990."
	parts := datePart.FindAllString(text, -1)
	if len(parts) != 3 {
		return "", how
	}
	if len(parts[0]) == 4 {
		parts[0], parts[2] = parts[2], parts[0]
	}
	month, err := strconv.Atoi(parts[1])
	if err != nil {
		named, err := time.Parse("Jan", title(parts[1]))
		if err != nil {
			return "", how
		}
		month = int(named.Month())
	}
	day, dayErr := strconv.Atoi(parts[0])
	year, yearErr := strconv.Atoi(parts[2])
	if dayErr != nil || yearErr != nil || len(parts[2]) != 4 {
		return "", how
	}
	born := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	switch {
	case born.Day() != day || int(born.Month()) != month:
		return "", "There is no such day. Check the date of birth."
	case born.After(now):
		return "", "A date of birth is in the past."
	case born.Before(now.AddDate(-125, 0, 0)):
		return "", "Check the year of birth."
	}
	return born.Format(time.DateOnly), ""
}

// title is the short name of a month: may, MAY and mayonnaise are all May.
func title(word string) string {
	word = strings.ToLower(word)
	return strings.ToUpper(word[:1]) + word[1:min(len(word), 3)]
}

// phone reads a phone number as it is dialled from anywhere: +447700900123.
func phone(text string) (number, complaint string) {
	number = gaps.Replace(strings.TrimSpace(text))
	if rest, ok := strings.CutPrefix(number, "00"); ok {
		number = "+" + rest
	} else if rest, ok := strings.CutPrefix(number, "0"); ok {
		number = "+44" + rest
	}
	number = strings.Replace(number, "+440", "+44", 1) // +44 (0)7700 …
	digits, ok := strings.CutPrefix(number, "+")
	if !ok || len(digits) < 9 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" || digits[0] == '0' || strings.HasPrefix(number, "+44") && (len(digits) != 12 || digits[2] == '0') {
		return "", "Write a phone number like 07700 900123."
	}
	return number, ""
}

// Mobile tells whether a phone can take text messages. Abroad we cannot tell, and
// do not send.
func (i Identity) Mobile() bool { return strings.HasPrefix(i.Phone, "+447") }

// birthday is the date of birth as we write dates.
func (i Identity) birthday() string {
	born, err := time.Parse(time.DateOnly, i.BornOn)
	if err != nil {
		return ""
	}
	return born.Format("2 January 2006")
}

// spaced is the NHS number as it is printed: 999 876 5439.
func (i Identity) spaced() string {
	if len(i.NHSNumber) != 10 {
		return i.NHSNumber
	}
	return i.NHSNumber[:3] + " " + i.NHSNumber[3:6] + " " + i.NHSNumber[6:]
}
