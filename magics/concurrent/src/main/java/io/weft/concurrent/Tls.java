package io.weft.concurrent;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.channels.SocketChannel;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/// TLS 1.3 between JVMs that know each other by the fingerprint of a certificate, which a server makes for itself.
final class Tls {
    private static final String PROTOCOL = "TLSv1.3";
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final int INTEGER = 0x02;
    private static final int BITS = 0x03;
    private static final int OBJECT_ID = 0x06;
    private static final int UTF8 = 0x0c;
    private static final int UTC_TIME = 0x17;
    private static final int TIME = 0x18;
    private static final int VERSION = 0xa0;
    private static final byte[] ECDSA_WITH_SHA256 = HexFormat.of().parseHex("2a8648ce3d040302");
    private static final byte[] COMMON_NAME = HexFormat.of().parseHex("550403");

    private Tls() {}

    /// What a server shows.
    ///
    /// @param fingerprint the SHA-256 of its certificate, as hexadecimal digits
    record Identity(SSLContext context, String fingerprint) {
        /// A new key and a certificate for it.
        static Identity create() {
            try {
                var generator = KeyPairGenerator.getInstance("EC");
                generator.initialize(new ECGenParameterSpec("secp256r1"));
                var keys = generator.generateKeyPair();
                var certificate = certificate(keys);
                var store = KeyStore.getInstance("PKCS12");
                store.load(null, null);
                store.setKeyEntry("weft", keys.getPrivate(), new char[0], new Certificate[] {certificate});
                var managers = KeyManagerFactory.getInstance("PKIX");
                managers.init(store, new char[0]);
                var context = SSLContext.getInstance(PROTOCOL);
                context.init(managers.getKeyManagers(), new TrustManager[0], null);
                return new Identity(context, fingerprintOf(certificate));
            } catch (GeneralSecurityException | IOException missing) {
                throw new IllegalStateException("this Java has no TLS 1.3 with elliptic curves: " + missing, missing);
            }
        }
    }

    /// The server's side of a connection; shakes hands when it is first read or written.
    static TlsChannel server(SocketChannel channel, Identity identity) throws IOException {
        var engine = identity.context().createSSLEngine();
        engine.setUseClientMode(false);
        return only13(channel, engine);
    }

    /// The client's side of a connection to whoever has the certificate of that fingerprint, and nobody else.
    static TlsChannel client(SocketChannel channel, String fingerprint) throws IOException {
        try {
            var context = SSLContext.getInstance(PROTOCOL);
            context.init(null, new TrustManager[] {new Pinned(fingerprint)}, null);
            var engine = context.createSSLEngine();
            engine.setUseClientMode(true);
            return only13(channel, engine);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java has no TLS 1.3: " + missing, missing);
        }
    }

    private static TlsChannel only13(SocketChannel channel, SSLEngine engine) throws IOException {
        engine.setEnabledProtocols(new String[] {PROTOCOL});
        return new TlsChannel(channel, engine);
    }

    /// Trusts one certificate.
    private record Pinned(String fingerprint) implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("clients show no certificate");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            var shown = chain.length == 0 ? "" : fingerprintOf(chain[0]);
            if (!MessageDigest.isEqual(shown.getBytes(US_ASCII), fingerprint.getBytes(US_ASCII)))
                throw new CertificateException("what answers has another certificate than the URI names");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private static String fingerprintOf(X509Certificate certificate) throws CertificateException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (GeneralSecurityException unreadable) {
            throw new CertificateException(unreadable);
        }
    }

    /// A certificate that a key signs for itself (RFC 5280): nobody has to trust it for more than its fingerprint.
    private static X509Certificate certificate(KeyPair keys) throws GeneralSecurityException {
        var algorithm = der(SEQUENCE, der(OBJECT_ID, ECDSA_WITH_SHA256));
        var name = der(SEQUENCE, der(SET, der(SEQUENCE, der(OBJECT_ID, COMMON_NAME), der(UTF8, ascii("weft")))));
        var since = DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'")
                .withZone(ZoneOffset.UTC)
                .format(Instant.now().minus(Duration.ofDays(1)));
        var validity = der(SEQUENCE, der(UTC_TIME, ascii(since)), der(TIME, ascii("99991231235959Z")));
        var content = der(
                SEQUENCE,
                der(VERSION, der(INTEGER, new byte[] {2})),
                der(INTEGER, BigInteger.valueOf(System.currentTimeMillis()).toByteArray()),
                algorithm,
                name,
                validity,
                name,
                keys.getPublic().getEncoded());
        var signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(keys.getPrivate());
        signature.update(content);
        var whole = der(SEQUENCE, content, algorithm, der(BITS, new byte[] {0}, signature.sign()));
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(whole));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }

    /// A value in DER: tag, length, parts.
    private static byte[] der(int tag, byte[]... parts) {
        int length = 0;
        for (var part : parts) length += part.length;
        var out = new ByteArrayOutputStream();
        out.write(tag);
        if (length > 255) out.write(0x82);
        else if (length > 127) out.write(0x81);
        if (length > 255) out.write(length >> 8);
        out.write(length);
        for (var part : parts) out.writeBytes(part);
        return out.toByteArray();
    }
}
