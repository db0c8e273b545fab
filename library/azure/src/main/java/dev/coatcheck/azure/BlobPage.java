package dev.coatcheck.azure;

import dev.coatcheck.state.blobs.Listed;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * A piece of a list.
 *
 * @param next where the next piece begins, in the store's own words; the empty string where there is none
 */
record BlobPage(List<Listed> blobs, String next) {

    static BlobPage of(Answer answer) throws IOException {
        answer.require(HttpURLConnection.HTTP_OK);
        try {
            return read(answer.content());
        } catch (XMLStreamException | DateTimeException | NumberFormatException e) {
            throw new IOException("the store answered with a list that cannot be read: " + e.getMessage(), e);
        }
    }

    private static BlobPage read(InputStream content) throws XMLStreamException {
        var factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        var xml = factory.createXMLStreamReader(content);
        var blobs = new ArrayList<Listed>();
        var next = "";
        while (xml.hasNext()) {
            if (xml.next() == XMLStreamReader.START_ELEMENT) {
                switch (xml.getLocalName()) {
                    case "Blob" -> blobs.add(blob(xml));
                    case "NextMarker" -> next = xml.getElementText();
                    default -> {}
                }
            }
        }
        return new BlobPage(List.copyOf(blobs), next);
    }

    private static Listed blob(XMLStreamReader xml) throws XMLStreamException {
        var key = "";
        var size = "";
        var etag = "";
        var storedAt = "";
        while (xml.next() != XMLStreamReader.END_ELEMENT || !xml.getLocalName().equals("Blob")) {
            if (xml.isStartElement()) {
                switch (xml.getLocalName()) {
                    case "Name" -> key = xml.getElementText();
                    case "Content-Length" -> size = xml.getElementText();
                    case "Etag" -> etag = xml.getElementText();
                    case "Last-Modified" -> storedAt = xml.getElementText();
                    default -> {}
                }
            }
        }
        return new Listed(key, Long.parseLong(size), etag.replace("\"", ""), Answer.time(storedAt));
    }
}
