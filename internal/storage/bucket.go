package storage

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/sharon-nhs/sharon/internal/fault"
)

// bucket keeps files with anything that speaks S3.
type bucket struct {
	client *minio.Client
	name   string
}

// newBucket reads s3://key:secret@host/bucket?region=…&tls=off. Without a key
// it takes AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, else the machine's role.
func newBucket(address *url.URL) (bucket, error) {
	name := strings.Trim(address.Path, "/")
	if address.Host == "" || name == "" || strings.Contains(name, "/") {
		return bucket{}, fmt.Errorf("files: %s lacks a host or a bucket: write s3://key:secret@host/bucket?region=eu-west-2", address.Redacted())
	}
	creds := credentials.NewChainCredentials([]credentials.Provider{&credentials.EnvAWS{}, &credentials.IAM{}})
	if address.User != nil {
		secret, _ := address.User.Password()
		creds = credentials.NewStaticV4(address.User.Username(), secret, "")
	}
	query := address.Query()
	client, err := minio.New(address.Host, &minio.Options{
		Creds: creds, Secure: query.Get("tls") != "off", Region: query.Get("region"), MaxRetries: 3,
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
			TLSHandshakeTimeout: 5 * time.Second, ResponseHeaderTimeout: 20 * time.Second,
			MaxIdleConnsPerHost: 32, IdleConnTimeout: time.Minute,
			DisableCompression: true, // a file is what it is, and as long
		},
	})
	if err != nil {
		return bucket{}, fmt.Errorf("files: %w", err)
	}
	return bucket{client, name}, nil
}

func (b bucket) put(ctx context.Context, key string, content io.Reader, size int64, contentType string) error {
	_, err := b.client.PutObject(ctx, b.name, key, content, size, minio.PutObjectOptions{ContentType: contentType, CacheControl: "private"})
	if err != nil {
		return unreachable("put", err)
	}
	return nil
}

func (b bucket) open(ctx context.Context, key string) (File, error) {
	object, err := b.client.GetObject(ctx, b.name, key, minio.GetObjectOptions{})
	if err != nil {
		return File{}, unreachable("open", err)
	}
	info, err := object.Stat()
	if err == nil {
		return File{object, info.Size}, nil
	}
	_ = object.Close()
	if missing(err) {
		return File{}, fault.Missing()
	}
	return File{}, unreachable("open", err)
}

func (b bucket) remove(ctx context.Context, key string) error {
	if err := b.client.RemoveObject(ctx, b.name, key, minio.RemoveObjectOptions{}); err != nil && !missing(err) {
		return unreachable("delete", err)
	}
	return nil
}

func (b bucket) removeBelow(ctx context.Context, key string) error {
	for object := range b.client.ListObjectsIter(ctx, b.name, minio.ListObjectsOptions{Prefix: key + "/", Recursive: true}) {
		if object.Err != nil {
			return unreachable("list", object.Err)
		}
		if err := b.remove(ctx, object.Key); err != nil {
			return err
		}
	}
	return nil
}

func missing(err error) bool { return minio.ToErrorResponse(err).Code == minio.NoSuchKey }
