"""What asks for no change: small talk, remarks, reasons, complaints, questions and their answers."""
