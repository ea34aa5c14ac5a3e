package io.weft.magics.notebook.maven;

import org.eclipse.aether.transfer.AbstractTransferListener;
import org.eclipse.aether.transfer.TransferCancelledException;
import org.eclipse.aether.transfer.TransferEvent;
import org.eclipse.aether.transfer.TransferResource;

/// Passes on what Maven tells of its downloads, without checksums and the repositories' own lists.
final class TransferRelay extends AbstractTransferListener {
    private final Transfers transfers;

    TransferRelay(Transfers transfers) {
        this.transfers = transfers;
    }

    private static String name(TransferEvent event) {
        String resource = event.getResource().getResourceName();
        return resource.substring(resource.lastIndexOf('/') + 1);
    }

    private static String repository(TransferEvent event) {
        TransferResource resource = event.getResource();
        return resource.getRepositoryId();
    }

    private void giveUpIfCancelled() throws TransferCancelledException {
        if (transfers.cancelled()) throw new TransferCancelledException("interrupted");
    }

    @Override
    public void transferInitiated(TransferEvent event) throws TransferCancelledException {
        giveUpIfCancelled();
    }

    @Override
    public void transferStarted(TransferEvent event) throws TransferCancelledException {
        giveUpIfCancelled();
        transfers.began(name(event), repository(event), event.getResource().getContentLength());
    }

    @Override
    public void transferProgressed(TransferEvent event) throws TransferCancelledException {
        giveUpIfCancelled();
        transfers.progressed(name(event), event.getTransferredBytes());
    }

    @Override
    public void transferSucceeded(TransferEvent event) {
        transfers.succeeded(name(event), repository(event), event.getTransferredBytes());
    }

    @Override
    public void transferFailed(TransferEvent event) {
        transfers.failed(name(event));
    }
}
