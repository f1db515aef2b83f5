package main

import (
	"net/http"
	"strings"
	"testing"
)

type notices struct {
	Notices []struct {
		ID, Kind, Says string
		Count          int
		Unread         bool
	}
	Unread int
	Older  string
}

// notices are those of whoever asks, as they are shown.
func (v *visitor) notices(service string) (list notices) {
	v.site.t.Helper()
	if got := v.getJSON("/"+service+"/notifications", &list); got.status != http.StatusOK {
		v.site.t.Fatalf("notices: %d %s", got.status, got.body)
	}
	return list
}

func (l notices) says() string {
	var all []string
	for _, one := range l.Notices {
		all = append(all, one.Says)
	}
	return strings.Join(all, " | ")
}

func TestAReplyIsToldToThoseWhoFollow(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, fern, ivy := s.over("hazel.willow@northmoor"), s.over("fern.willow@northmoor"), s.over("ivy.willow@northmoor")
		id := threadBy(hazel, "sleep-and-feeding", "How do you sleep?")
		replyBy(fern, id, "In pieces.")
		s.settle(1)
		if got := hazel.notices("willow"); got.says() != "Fern replied in “How do you sleep?”" || got.Unread != 1 {
			t.Errorf("hazel: %+v", got)
		}
		for name, v := range map[string]*visitor{"fern": fern, "ivy": ivy} {
			if got := v.notices("willow"); len(got.Notices) > 0 || got.Unread > 0 {
				t.Errorf("%s: %+v", name, got)
			}
		}
		replyBy(ivy, id, "Hardly.")
		s.settle(1)
		if got := hazel.notices("willow"); got.says() != "Ivy and 1 other replied in “How do you sleep?”" || got.Unread != 1 || got.Notices[0].Count != 2 {
			t.Errorf("grouped: %+v", got)
		}
		if got := fern.notices("willow"); got.says() != "Ivy replied in “How do you sleep?”" {
			t.Errorf("fern follows since her reply: %+v", got)
		}
		got := hazel.sendJSON("/willow/notifications/"+hazel.notices("willow").Notices[0].ID+"/open", nil)
		if got.status != http.StatusOK || !strings.HasPrefix(got.header.Get("Location"), "/willow/posts/") {
			t.Errorf("open: %d %s %v", got.status, got.body, got.header)
		}
		if got := hazel.notices("willow"); got.Unread != 0 || got.Notices[0].Unread {
			t.Errorf("after opening: %+v", got)
		}
		fern.getJSON("/willow/forums/threads/"+id, nil)
		if got := fern.notices("willow"); got.Unread != 0 {
			t.Errorf("after reading the thread: %+v", got)
		}
	})
}
