package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sharon-nhs/sharon/internal/testkit"
	"github.com/sharon-nhs/sharon/tenants"
	"github.com/sharon-nhs/sharon/tenants/programmes"
)

var paper = []byte("%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n")

func TestEvidenceIsGivenAsAFileToGatesAndTasks(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		gate, piece := willowMine+"/gates/4", s.programmeOf(willowDesk).Phases[3].Evidence[0]
		to := map[string]string{"evidence": piece.ID.String()}
		want(t, "a PDF", s.over(willowLead).filed(gate+"/evidence", "agreed.pdf", paper, to), http.StatusOK)
		now := s.programmeOf(willowDesk).Phases[3].Evidence[0]
		if !now.There() || now.Bytes != int64(len(paper)) || now.GivenBy != "Ruth Calder" {
			t.Fatalf("%+v", now)
		}
		file := "/evidence/" + piece.ID.String() + "/file"
		for account, at := range map[string]string{willowLead: willowMine, "admin@northmoor": willowMine, "finance@sharon": willowDesk} {
			if got := s.over(account).get(at + file); got.status != http.StatusOK || !bytes.Equal(got.body, paper) || !strings.Contains(got.header.Get("Content-Disposition"), "attachment; filename=\"Configuration as agreed.pdf\"") {
				t.Errorf("%s: %d %q", account, got.status, got.header.Get("Content-Disposition"))
			}
		}
		want(t, "a member", s.over("hazel.willow@northmoor").get(willowMine+file), http.StatusForbidden)
		want(t, "another service", s.over("lead.harbour@northmoor").get(willowMine+file), http.StatusNotFound)
		want(t, "another service's address", s.over("lead.harbour@northmoor").get("/harbour/programme"+file), http.StatusNotFound)
		want(t, "nobody", s.visit("northmoor").get(willowMine+file), http.StatusSeeOther)

		task := s.programmeOf(willowDesk).Phases[3].Tasks[1]
		at := willowMine + "/tasks/" + task.ID.String()
		want(t, "of no name", s.over(willowLead).filed(at+"/evidence", "x.pdf", paper, nil), http.StatusUnprocessableEntity)
		want(t, "to a task", s.over(willowLead).filed(at+"/evidence", "x.pdf", paper, map[string]string{"name": "House rules"}), http.StatusOK)
		s.sent(s.over(willowLead), at+"/evidence", map[string]any{"name": "House rules in our store", "link": "https://documents.example/rules"})
		var page struct{ Evidence []programmes.Evidence }
		s.over(willowLead).getJSON(at, &page)
		if len(page.Evidence) != 2 || page.Evidence[0].Name != "House rules" {
			t.Fatalf("%+v", page.Evidence)
		}
		want(t, "what the gate asks for is not removed", s.over(willowLead).sendJSON(willowMine+"/evidence/"+piece.ID.String()+"/remove", map[string]any{}), http.StatusNotFound)
		s.sent(s.over(willowLead), willowMine+"/evidence/"+page.Evidence[0].ID.String()+"/remove", nil)
		want(t, "once it is removed", s.over(willowLead).get(willowMine+"/evidence/"+page.Evidence[0].ID.String()+"/file"), http.StatusNotFound)

		open, early := s.programmeOf(willowDesk).Phases[0].Evidence[0], s.programmeOf(willowDesk).Phases[0].Tasks[0]
		want(t, "a gate that is open", s.over(willowLead).filed(willowMine+"/gates/1/evidence", "x.pdf", paper, map[string]string{"evidence": open.ID.String()}), http.StatusConflict)
		want(t, "a task behind one", s.over(willowLead).filed(willowMine+"/tasks/"+early.ID.String()+"/evidence", "x.pdf", paper, map[string]string{"name": "x"}), http.StatusConflict)
	})
}

func TestAFileThatCannotBeEvidenceIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		lead, phase := s.over(willowLead), s.programmeOf(willowDesk).Phases[3]
		path, to := willowMine+"/gates/4/evidence", map[string]string{"evidence": phase.Evidence[0].ID.String()}
		for name, try := range map[string]struct {
			content []byte
			words   string
		}{
			"a programme":            {[]byte("MZ\x90\x00\x03\x00\x00\x00"), "Choose a PDF"},
			"a page with a script":   {[]byte("<html><script>alert(1)</script>"), "Choose a PDF"},
			"a workbook with macros": {zipped(t, "xl/workbook.xml", "", "xl/vbaProject.bin", ""), "Choose a PDF"},
			"an empty file":          {nil, "Choose a PDF"},
		} {
			if got := lead.filed(path, "x.pdf", try.content, to); got.status != http.StatusUnprocessableEntity || !got.has(try.words) {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
		}
		want(t, "neither a file nor a link", lead.sendJSON(path, map[string]any{"evidence": phase.Evidence[0].ID}), http.StatusUnprocessableEntity)
		want(t, "a workbook", lead.filed(path, "hazards.xlsx", zipped(t, "xl/workbook.xml", ""), to), http.StatusOK)
		want(t, "evidence of another gate", lead.filed(path, "x.pdf", paper, map[string]string{"evidence": s.programmeOf(willowDesk).Phases[4].Evidence[0].ID.String()}), http.StatusUnprocessableEntity)
		want(t, "no gate", lead.filed(willowMine+"/gates/99/evidence", "x.pdf", paper, to), http.StatusNotFound)
		want(t, "no task", lead.filed(willowMine+"/tasks/"+uuid.NewString()+"/evidence", "x.pdf", paper, map[string]string{"name": "x"}), http.StatusNotFound)
		if got := lead.filed(path, "x.pdf", append(paper, make([]byte, 20<<20)...), to); got.status != http.StatusRequestEntityTooLarge || !got.has("Choose a file smaller than 20 MB") {
			t.Errorf("21 MB: %d %s", got.status, got.body)
		}
	})
}

// The server answers a gigabyte before it comes; a browser does not even send it.
func TestAGigabyteIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t, testkit.SQLite(t, prepare))
	conn, err := net.Dial("tcp", "127.0.0.1:"+s.port)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	fmt.Fprintf(conn, "POST %s/gates/4/evidence HTTP/1.1\r\nHost: northmoor.localhost:%s\r\nAuthorization: Bearer %s\r\nAccept: application/json\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: %d\r\n\r\n--x\r\n", willowMine, s.port, s.over(willowLead).bearer, 1<<30)
	_, _ = conn.Write(make([]byte, 64<<10)) // the server may have hung up
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || response.StatusCode != http.StatusRequestEntityTooLarge {
		t.Fatalf("%v %v", response, err)
	}
	words, _ := io.ReadAll(response.Body)
	if !bytes.Contains(words, []byte("too large")) {
		t.Errorf("%s", words)
	}
	tab := testkit.Browser(t)
	s.enter(tab, willowLead)
	tab.Goto(s.address(willowLead) + willowMine + "/gates/4")
	film := filepath.Join(t.TempDir(), "film.pdf")
	if err := errors.Join(os.WriteFile(film, paper, 0o600), os.Truncate(film, 1<<30)); err != nil {
		t.Fatal(err)
	}
	tab.Upload("#file", film)
	tab.WaitText("[data-too-large]", "That file is larger than 20 MB. Choose a smaller one.")
}

// An approver reads what they sign by their link, and nobody else by theirs.
func TestAnApproverReadsTheEvidenceByTheirLink(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		mails := s.posted()
		phase := s.programmeOf(willowDesk).Phases[3]
		s.works(willowDesk, willowMine, willowLead, 4)
		s.proves(willowDesk, 4)
		joan := s.over("onboarding@sharon")
		want(t, "in the place of a link", joan.filed(willowDesk+"/gates/4/evidence", "agreed.pdf", paper, map[string]string{"evidence": phase.Evidence[0].ID.String()}), http.StatusOK)
		s.sent(joan, willowDesk+"/gates/4/ask", nil)
		s.settle(1)
		link, file := lastLink(mails, askedToSign), "/evidence/"+phase.Evidence[0].ID.String()
		if got := s.visit("northmoor").get(link + file); got.status != http.StatusOK || !bytes.Equal(got.body, paper) {
			t.Errorf("%d %s", got.status, got.body)
		}
		s.sent(joan, willowDesk+"/people/"+phase.ApproverID.String()+"/share", nil)
		s.settle(1)
		want(t, "a link to look", s.visit("northmoor").get(lastLink(mails, shownAll)+file), http.StatusNotFound)
		want(t, "another gate's", s.visit("northmoor").get(link+"/evidence/"+s.programmeOf(willowDesk).Phases[0].Evidence[0].ID.String()), http.StatusNotFound)
		want(t, "another trust", s.visit("eastvale").get(link+file), http.StatusNotFound)
		want(t, "signing", s.visit("northmoor").sendJSON(link, map[string]any{"done": true}), http.StatusOK)
		want(t, "once it is signed", s.visit("northmoor").get(link+file), http.StatusNotFound)
	})
}

// The files of a programme go at their age; that they were given is still known.
func TestTheFilesOfOnboardingGoAtTheirAge(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site) {
		piece := s.programmeOf(willowDesk).Phases[0].Evidence[0]
		file := willowMine + "/evidence/" + piece.ID.String() + "/file"
		purged := func() (n int) {
			err := s.app.Directory.WriteAs(t.Context(), s.northmoor(), "willow", func(ctx context.Context, in tenants.Scope) error {
				for _, part := range s.app.Parts {
					for _, class := range part.Data.Classes {
						if class.Key != "evidence" {
							continue
						}
						count, err := class.Count(ctx, in, in.Now)
						if err != nil {
							return err
						}
						if n, err = class.Purge(ctx, in, in.Now); err != nil || n != count {
							t.Errorf("%d of %d: %v", n, count, err)
						}
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := purged(); n != 0 {
			t.Errorf("%d of a programme that runs", n)
		}
		want(t, "while it runs", s.over(willowLead).get(file), http.StatusOK)
		s.sent(s.over("onboarding@sharon"), willowDesk+"/end", map[string]any{"version": s.programmeOf(willowDesk).Programme.Version, "reason": "It is over.", "sure": true})
		s.clock.Advance(time.Hour)
		if n := purged(); n != 1 {
			t.Errorf("%d files", n)
		}
		want(t, "once it is old", s.over(willowLead).get(file), http.StatusNotFound)
		if page := s.as(willowLead).get(willowMine + "/gates/1"); !page.has("its file was removed at its age") {
			t.Errorf("%s", page.text())
		}
	})
}
