package main

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/uploads"
)

// tidyUploads does what a worker does each hour, in every service.
func (s *site) tidyUploads() {
	s.t.Helper()
	for _, trust := range s.trusts() {
		var here tenants.Scope
		err := s.app.Directory.ReadAs(s.t.Context(), uuid.MustParse(trust), "", func(_ context.Context, in tenants.Scope) error { here = in; return nil })
		for _, in := range here.Scopes() {
			for _, round := range modules.Rounds(s.app.Rooms) {
				if round.Key == "uploads.message_pictures" && err == nil {
					in.Now = s.clock.Now()
					err = round.Do(s.t.Context(), in)
				}
			}
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *site) stored(file string) bool {
	s.t.Helper()
	open, err := s.app.Files.Open(s.t.Context(), file)
	if fault.Is(err, fault.NotFound) {
		return false
	}
	if err != nil {
		s.t.Fatal(err)
	}
	_ = open.Close()
	return true
}

func TestAFileThatNoMessageHasIsRemovedADayLater(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, _ := strangers(s)
		id := juniper.begin("Sparrow", "look")
		sparrow.accept(id, true)
		want(t, "a picture", juniper.sendFiles("/willow/messages/"+id+"/pictures", nil, []string{"pictures"}), http.StatusOK)
		var kept string
		s.scan([]any{&kept}, "SELECT file FROM message_pictures WHERE tenant_id = ?", s.northmoor())

		// The process ends between storing a file and committing its message.
		lost := "messages/" + uuid.NewString() + "/" + uuid.NewString()
		s.inWillow(func(ctx context.Context, in tenants.Scope) error {
			here := uploads.Uploads{Files: s.app.Files, Table: "message_pictures"}
			if err := here.Note(ctx, in, lost); err != nil {
				return err
			}
			return here.Files.Put(ctx, lost, strings.NewReader("a picture"), 9, "image/jpeg")
		})
		expect := func(when string, keptThere, lostThere bool, notes int) {
			t.Helper()
			s.tidyUploads()
			if s.stored(kept) != keptThere || s.stored(lost) != lostThere {
				t.Errorf("%s: the message's file is there: %v, the other: %v", when, !keptThere == s.stored(kept), s.stored(lost))
			}
			var noted int
			if s.scan([]any{&noted}, "SELECT count(*) FROM uploads WHERE tenant_id = ?", s.northmoor()); noted != notes {
				t.Errorf("%s: %d notes, want %d", when, noted, notes)
			}
		}
		expect("at once", true, true, 2)
		s.clock.Advance(23 * time.Hour)
		expect("within a day", true, true, 2)
		s.clock.Advance(2 * time.Hour)
		expect("a day later", true, false, 1)
		expect("once more", true, false, 1)
		if got := s.over("juniper.willow@northmoor").getJSON("/willow/messages/"+id, nil); !got.has(`"pictures"`) {
			t.Errorf("the message has lost its picture: %s", got.body)
		}
		s.sql("DELETE FROM message_pictures WHERE tenant_id = ?", s.northmoor()) // its message is removed
		expect("when the message is gone", false, false, 0)
	})
}

func TestAPictureThatWasRefusedIsRemovedAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		juniper, sparrow, _ := strangers(s)
		id := juniper.begin("Sparrow", "look")
		sparrow.accept(id, true)
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		for _, content := range [][]byte{onePixel(t), []byte("not a picture")} {
			part, err := form.CreateFormFile("pictures", "picture.png")
			if err == nil {
				_, err = part.Write(content)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := form.Close(); err != nil {
			t.Fatal(err)
		}
		request := juniper.request(http.MethodPost, "/willow/messages/"+id+"/pictures", &body)
		request.Header.Set("Content-Type", form.FormDataContentType())
		want(t, "a picture and something else", juniper.do(request), http.StatusUnprocessableEntity)
		var noted string
		s.scan([]any{&noted}, "SELECT file FROM uploads WHERE tenant_id = ? ORDER BY file LIMIT 1", s.northmoor())
		if s.stored(noted) {
			t.Error("the file of a message that was not taken is kept")
		}
	})
}

func onePixel(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
