package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestTwoMembersWriteToEachOtherWithoutJavaScript(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		hazel, teasel := s.as("juniper.willow@northmoor"), s.as("sparrow.willow@northmoor")
		got := hazel.post("/willow/messages", url.Values{"to": {"Sparrow"}, "body": {"Is *anybody* up?"}, "id": {"6c4f4b1e-3c77-4a54-9a54-111111111111"}})
		path, _, _ := strings.Cut(got.location(), "#")
		if got.status != http.StatusSeeOther || !strings.HasPrefix(path, "/willow/messages/") {
			t.Fatalf("%d %s %s", got.status, got.location(), got.text())
		}
		if page := hazel.get(path); !page.has("Is <em>anybody</em> up?") || page.has(`data-messages="true"`) {
			t.Errorf("the sender sees %s", page.text())
		}
		if list := teasel.get("/willow/messages/requests"); !list.has("Is *anybody* up?") {
			t.Errorf("requests: %s", list.text())
		}
		if got := teasel.post(path+"/answer", url.Values{"accept": {"true"}}); got.status != http.StatusSeeOther {
			t.Fatalf("accept: %d %s", got.status, got.text())
		}
		if got := teasel.post(path, url.Values{"body": {"I am. Feeding."}}); got.status != http.StatusSeeOther {
			t.Fatalf("answer: %d %s", got.status, got.text())
		}
		if page := hazel.get(path); !page.has("I am. Feeding.") || !page.has(`data-messages="true"`) {
			t.Errorf("the sender sees %s", page.text())
		}
	})
}
