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
	"github.com/uptrace/bun"

	"github.com/sharon-nhs/sharon/internal/fault"
	"github.com/sharon-nhs/sharon/internal/storage"
	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/modules"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/uploads"
)

// tidyUploads does what a worker does each hour, in every room of every service.
func (s *site) tidyUploads() {
	s.t.Helper()
	for _, trust := range s.trusts() {
		var here tenants.Scope
		err := s.app.Directory.ReadAs(s.t.Context(), uuid.MustParse(trust), "", func(_ context.Context, in tenants.Scope) error { here = in; return nil })
		for _, in := range here.Scopes() {
			for _, round := range modules.Rounds(s.app.Rooms) {
				if strings.HasPrefix(round.Key, "uploads.") && err == nil {
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
			here := uploads.Uploads{Files: s.app.Files, Table: "message_pictures", Columns: []string{"file"}}
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

// noted are the files that this site's rooms have noted for a table.
func (s *site) noted(table string) (files []string) {
	s.t.Helper()
	s.inWillow(func(ctx context.Context, in tenants.Scope) error {
		var rows []struct {
			bun.BaseModel `bun:"table:uploads,alias:upload"`
			tenants.InService
			File string
		}
		err := in.Select(&rows).Where("upload.used_by = ?", table).Order("upload.file").Scan(ctx)
		for _, row := range rows {
			files = append(files, row.File)
		}
		return err
	})
	return files
}

// senders have each room store files, and say in which table they are then.
var senders = map[string]func(s *site){
	"post_pictures": func(s *site) { pictureBy(s.over("hazel.willow@northmoor"), "hazel") },
	"gift_kinds": func(s *site) {
		want(s.t, "a gift", s.over("lead.willow@northmoor").sendFiles("/willow/gifts/catalogue/pictures", map[string]any{"name": "A duck", "alt": "A duck"}, []string{"picture"}), http.StatusOK)
	},
	"resources": func(s *site) {
		want(s.t, "a file", s.over("lead.willow@northmoor").filed("/willow/resources/files", "x", []byte("%PDF-1.7\n%%EOF\n"), map[string]string{"title": "A plan"}), http.StatusOK)
	},
}

// A commit that never came leaves what a row that is gone leaves: a note and a file.
func TestWhatNoRowHasIsRemovedInEveryRoomAndStorage(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		for place, address := range map[string]string{"folder": t.TempDir(), "S3": testkit.S3(t)} {
			files, err := storage.New(address)
			if err != nil {
				t.Fatal(err)
			}
			*s.app.Files = *files
			for table, send := range senders {
				send(s)
				kept := s.noted(table)
				if len(kept) == 0 {
					t.Fatalf("%s, %s: nothing was noted", place, table)
				}
				s.clock.Advance(23 * time.Hour)
				s.tidyUploads()
				s.clock.Advance(2 * time.Hour)
				s.tidyUploads()
				for _, file := range kept {
					if !s.stored(file) {
						t.Errorf("%s, %s: a file in use is gone", place, table)
					}
				}
				s.sql("DELETE FROM "+table+" WHERE tenant_id = ? AND file IN (SELECT file FROM uploads WHERE tenant_id = ? AND used_by = ?)", s.northmoor(), s.northmoor(), table)
				s.tidyUploads()
				for _, file := range kept {
					if s.stored(file) {
						t.Errorf("%s, %s: the file is still there", place, table)
					}
				}
				if left := s.noted(table); len(left) > 0 {
					t.Errorf("%s, %s: still noted: %v", place, table, left)
				}
			}
		}
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
