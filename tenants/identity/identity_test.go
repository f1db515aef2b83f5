package identity_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/tenants/identity"
)

var today = time.Date(2026, 11, 20, 10, 30, 0, 0, time.UTC)

func TestReadingWhatPeopleTypeOfThemselves(t *testing.T) {
	for _, c := range []struct{ field, typed, want string }{
		{"nhs_number", "999 876 5439", "9998765439"}, {"nhs_number", "999-111-2227", "9991112227"}, {"nhs_number", " 9998765439 ", "9998765439"},
		{"nhs_number", "9998765430", ""}, {"nhs_number", "9991234560", ""}, {"nhs_number", "1111111111", ""}, {"nhs_number", "0000000000", ""},
		{"nhs_number", "999876543", ""}, {"nhs_number", "99987654391", ""}, {"nhs_number", "999876543X", ""}, {"nhs_number", "９９９８７６５４３９", ""},
		{"born_on", "17 5 1990", "1990-05-17"}, {"born_on", "17/05/1990", "1990-05-17"}, {"born_on", "1990-05-17", "1990-05-17"}, {"born_on", "17 May 1990", "1990-05-17"},
		{"born_on", "29 2 2024", "2024-02-29"}, {"born_on", "29 2 2023", ""}, {"born_on", "31 4 1990", ""}, {"born_on", "5 17 1990", ""}, {"born_on", "17 5 90", ""},
		{"born_on", "21 11 2026", ""}, {"born_on", "1 1 1890", ""}, {"born_on", "yesterday", ""}, {"born_on", "17 x 1990", ""}, {"born_on", "0 0 0000", ""},
		{"phone", "07700 900123", "+447700900123"}, {"phone", "+44 7700 900123", "+447700900123"}, {"phone", "0044 (0)7700 900123", "+447700900123"},
		{"phone", "+353 1 676 1111", "+35316761111"}, {"phone", "07701", ""}, {"phone", "call me", ""}, {"phone", "+447700900123999", ""}, {"phone", "7700900123", ""}, {"phone", "+44 0 0123456789", ""}, {"phone", "00000700900123", ""},
	} {
		given := identity.Given{}
		*map[string]*string{"nhs_number": &given.NHSNumber, "born_on": &given.BornOn, "phone": &given.Phone}[c.field] = c.typed
		who, err := given.Read(today)
		got := who.NHSNumber + who.BornOn + who.Phone
		var failed *fault.Error
		if c.want == "" && (!errors.As(err, &failed) || failed.Fields[0].Name != c.field || strings.Contains(failed.Fields[0].Message, c.typed)) || c.want != "" && (err != nil || got != c.want) {
			t.Errorf("%s %q: %q, %v", c.field, c.typed, got, err)
		}
	}
}

// Of all ten numbers with the same nine first digits, one at most is right.
func TestOneCheckDigitFits(t *testing.T) {
	none := 0
	for n := range 200 {
		right := 0
		for digit := range 10 {
			if _, err := (identity.Given{NHSNumber: fmt.Sprintf("%09d%d", 999000000+n*37, digit)}).Read(today); err == nil {
				right++
			}
		}
		if right > 1 {
			t.Errorf("%d right ones for %d", right, n)
		}
		none += 1 - right
	}
	if none == 0 || none > 40 {
		t.Errorf("%d of 200 have no digit that fits; about one in eleven should", none)
	}
}

func FuzzIdentity(f *testing.F) {
	f.Add("17 5 1990", "999 876 5439", "07700 900123")
	f.Add("1990-05-17", "", "+44 (0)7700 900123")
	f.Fuzz(func(t *testing.T, born, nhs, phone string) {
		who, err := identity.Given{BornOn: born, NHSNumber: nhs, Phone: phone}.Read(today)
		if err != nil {
			return
		}
		again, err := identity.Given{BornOn: who.BornOn, NHSNumber: who.NHSNumber, Phone: who.Phone}.Read(today)
		if err != nil || again != who {
			t.Errorf("%+v read again is %+v, %v", who, again, err)
		}
	})
}
