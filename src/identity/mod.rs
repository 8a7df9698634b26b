//! Who a device and its SIM say they are: IMEI, IMEISV, MEID, IMSI, ICCID, EID, TAC.
//!
//! Knows the values, their check digits and the spellings in which modules write them (3GPP TS 23.003, ITU-T E.118,
//! GSMA TS.06 and SGP.02). Knows no list, no modem and no port.
