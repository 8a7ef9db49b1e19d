using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorNode.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace ActorNode.Server.Hosting;

/// <summary>The certificate that the node shows at its https urls.</summary>
internal static class TlsCertificate
{
    /// <summary>Checks that it can be used, before anything is started.</summary>
    /// <exception cref="SettingsException">It cannot.</exception>
    public static void Check(HttpSettings http)
    {
        if (http.Tls.CertificateFile is not null)
            Load(http.Tls).ServerCertificate!.Dispose();
    }

    /// <exception cref="SettingsException">The files cannot be read, or hold no certificate and its key.</exception>
    public static HttpsConnectionAdapterOptions Load(TlsSettings tls)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(tls.CertificateFile!);
            return new() { ServerCertificate = X509Certificate2.CreateFromPemFile(tls.CertificateFile!, tls.KeyFile), ServerCertificateChain = chain };
        }
        catch (Exception unusable) when (unusable is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new SettingsException([$"actornode.http.tls: '{tls.CertificateFile}' and its key cannot be used: {unusable.Message}"]);
        }
    }
}
