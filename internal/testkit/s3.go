package testkit

import (
	"net/http/httptest"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// S3 gives the test a server of its own that speaks S3, with one empty bucket,
// and returns the s3:// address that storage takes.
func S3(t testing.TB) string {
	t.Helper()
	memory := s3mem.New()
	if err := memory.CreateBucket("files"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(memory, gofakes3.WithLogger(gofakes3.DiscardLog())).Server())
	t.Cleanup(server.Close)
	return "s3://key:hush@" + server.Listener.Addr().String() + "/files?region=eu-west-2&tls=off"
}
