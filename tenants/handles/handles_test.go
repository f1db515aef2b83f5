package handles_test

import (
	"strings"
	"testing"

	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/handles"
)

func TestLookAlikesHaveOneSkeleton(t *testing.T) {
	for _, pair := range [][2]string{
		{"Hazel", "HazeI"}, {"Hazel", "haze1"}, {"Hazel", "HAZEL"}, {"Moss", "M0ss"}, {"Left sock", "left-sock"}, {"Left sock", "Leftsock"},
		{"Fern", "Fem"}, {"Hazel", "H\u0430zel"}, {"paypal", "раураl"}, {"Wren", "VVren"},
	} {
		if a, b := handles.Skeleton(pair[0]), handles.Skeleton(pair[1]); a != b {
			t.Errorf("%q and %q look alike, but are %q and %q", pair[0], pair[1], a, b)
		}
	}
	for _, pair := range [][2]string{{"Hazel", "Hazell"}, {"Fern", "Ferns"}, {"Ivy", "Iva"}, {"Moss", "Mess"}} {
		if handles.Skeleton(pair[0]) == handles.Skeleton(pair[1]) {
			t.Errorf("%q and %q are taken for one", pair[0], pair[1])
		}
	}
}

func TestHandlesThatSoundLikeStaffOrARealNameAreRefused(t *testing.T) {
	const service, real = "Willow", "Thandiwe Mokoena-Hurst"
	for handle, word := range map[string]string{
		"Hazel": "", "Left-sock-missing": "", "Marmalade-on-toast": "", "Moss 7": "", "Drifter": "", "Nursery rhyme": "", "Leader of ducks": "",
		"Sarah": "", "Rose Garden": "", "Quiet Otter": "", "Fern Hill": "", "Snhs": "team", "Modest": "", "Thandi": "",
		"Dr Jo": "team", "DrJo": "team", "Nurse": "team", "Nurse Tess": "team", "Adm1n": "team", "ADMIN": "team", "The-Moderator": "team",
		"NHS": "team", "NHS Help": "team", "Willow": "team", "Willow team": "team", "wi11ow": "team", "Support": "team", "M0derator": "team",
		"Sarah Jones": "real name", "sarah jones": "real name", "SarahJones": "real name", "Mohammed Khan": "real name", "Sarah-Jane Smith": "real name",
		"Thandiwe Mokoena-Hurst": "real name", "thandiwehurst": "real name", "Miss Hurst": "real name",
		"H\u0430zel": "letters a to z", "Zo\u00eb": "letters a to z", "Ha\u200bzel": "letters a to z", "a_b": "letters a to z", "<b>": "letters a to z",
		"": "Choose a name", " - ": "Choose a name", "7": "letter", "42": "at least one letter", "x": "two letters", strings.Repeat("x", 31): "shorter",
	} {
		got := handles.Check(handle, service, real)
		if word == "" && got != "" || word != "" && !strings.Contains(got, word) {
			t.Errorf("%q: %q", handle, got)
		}
	}
}

func TestSuggestionsAreFreeAndWouldDo(t *testing.T) {
	taken := map[string]bool{}
	for range 60 {
		offered := handles.Suggest("Sarah Jones", func(handle string) bool { return !taken[handle] })
		if len(offered) != 3 {
			t.Fatalf("offered %v", offered)
		}
		for _, one := range offered {
			if taken[one] || handles.Check(one, "Harbour Lights", "") != "" {
				t.Errorf("offered %q: taken %v, %q", one, taken[one], handles.Check(one, "Harbour Lights", ""))
			}
			taken[one] = true
		}
	}
}

func FuzzHandle(f *testing.F) {
	for _, seed := range []string{"Hazel", "HazeI", "H\u0430zel", "Dr Jo", "Sarah Jones", "\u202eabc", strings.Repeat("a-", 40), "\xff", "ＡＤＭＩＮ"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, handle string) {
		if handles.Skeleton(handle) != handles.Skeleton(strings.ReplaceAll(handle, " ", "-")) {
			t.Errorf("a gap changes what %q looks like", handle)
		}
		if handles.Check(handle, "Willow", "") != "" {
			return
		}
		key := tenants.HandleKey(handle)
		if key == "" || len(key) > handles.Longest || strings.Trim(key, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || strings.Contains(key, "--") {
			t.Errorf("%q is taken, but its address would be %q", handle, key)
		}
	})
}
